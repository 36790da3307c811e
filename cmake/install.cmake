# Headers, the target betavae::betavae, and a package that find_package finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package "${CMAKE_INSTALL_DATADIR}/cmake/betavae")  # headers fit every architecture

install(DIRECTORY include/betavae DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(TARGETS betavae EXPORT betavae)
install(EXPORT betavae NAMESPACE betavae:: FILE betavaeTargets.cmake DESTINATION "${_package}")

configure_package_config_file(cmake/package.cmake.in "${PROJECT_BINARY_DIR}/betavaeConfig.cmake"
  INSTALL_DESTINATION "${_package}" NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break what the one before promised.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/betavaeConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/betavaeConfig.cmake" "${PROJECT_BINARY_DIR}/betavaeConfigVersion.cmake"
  DESTINATION "${_package}")
install(FILES cmake/optional.cmake DESTINATION "${_package}" RENAME betavaeOptional.cmake)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
