# betavae::compiled: the same headers, with all that does not depend on a user's types compiled once (see core/form.hpp).
#
# Static, or shared where BUILD_SHARED_LIBS says so. It is built when something links it. Of the optional libraries (see optional.cmake)
# it holds what was found when it was configured, and says so in BETAVAE_COMPILED_WITH_GZIP, …_PNG, …_SAFETENSORS and …_NPZ.
file(GLOB _sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cmake/compiled/*.cpp")
set(_readers)
foreach(_reader IN ITEMS gzip png safetensors npz)
  string(TOUPPER "BETAVAE_COMPILED_WITH_${_reader}" _macro)
  if(TARGET betavae::${_reader})
    list(APPEND _readers "${_macro}")
  else()
    list(FILTER _sources EXCLUDE REGEX "/(io|report)_${_reader}\\.cpp$")
  endif()
endforeach()

# What its units are compiled with. Optimised in every build type: the options of a target come after those of the build type.
add_library(betavae_compiled_objects OBJECT EXCLUDE_FROM_ALL ${_sources})
target_link_libraries(betavae_compiled_objects PRIVATE betavae::betavae)
target_compile_definitions(betavae_compiled_objects PRIVATE BETAVAE_COMPILED EIGEN_MAX_ALIGN_BYTES=64 ${_readers})
set_target_properties(betavae_compiled_objects PROPERTIES
  POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON INTERPROCEDURAL_OPTIMIZATION OFF)
target_compile_options(betavae_compiled_objects PRIVATE -fno-semantic-interposition
  $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)  # unique symbols could not become local, see below
set(_debug_vectors)
string(TOUPPER "${CMAKE_BUILD_TYPE}" _build_type)
if("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${_build_type}}" MATCHES "-D *_GLIBCXX_DEBUG( |=|$)")
  set(_debug_vectors BETAVAE_COMPILED_WITH_GLIBCXX_DEBUG)
  target_compile_definitions(betavae_compiled_objects PRIVATE ${_debug_vectors})
endif()
set(_optimization -O2)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")  # fast enough, and faults still show where they are
  set(_optimization -O1)
endif()
target_compile_options(betavae_compiled_objects PRIVATE ${_optimization})
foreach(_reader IN ITEMS gzip png safetensors npz)
  if(TARGET betavae::${_reader})
    target_link_libraries(betavae_compiled_objects PRIVATE betavae::${_reader})
  endif()
endforeach()

# A unit of the user's, perhaps unoptimised, defines many of the templates that the library uses too (std::vector<float>, Eigen's
# products), as weak symbols, of which the linker keeps the first: not the library's. So the library is linked into one object, and
# whatever is not its interface becomes local there. A shared library gets the same by a version script.
set(_keeps_own_symbols OFF)
if(UNIX AND NOT APPLE AND CMAKE_LINKER AND CMAKE_OBJCOPY AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  execute_process(COMMAND "${CMAKE_LINKER}" --help OUTPUT_VARIABLE _linker_help ERROR_QUIET)
  if(_linker_help MATCHES "--force-group-allocation")
    set(_keeps_own_symbols ON)
  endif()
endif()

if(BUILD_SHARED_LIBS)
  add_library(betavae_compiled SHARED EXCLUDE_FROM_ALL $<TARGET_OBJECTS:betavae_compiled_objects>)
  set_target_properties(betavae_compiled PROPERTIES
    VERSION "${BETAVAE_VERSION}" SOVERSION "${BETAVAE_VERSION_MAJOR}.${BETAVAE_VERSION_MINOR}")
  if(_keeps_own_symbols)
    target_link_options(betavae_compiled PRIVATE
      "LINKER:--version-script=${CMAKE_CURRENT_SOURCE_DIR}/cmake/compiled/symbols.map")
    set_property(TARGET betavae_compiled PROPERTY LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cmake/compiled/symbols.map")
  endif()
elseif(_keeps_own_symbols)
  set(_object "${CMAKE_CURRENT_BINARY_DIR}/betavae_compiled.o")
  add_custom_command(OUTPUT "${_object}"
    COMMAND "${CMAKE_LINKER}" -r --force-group-allocation -o "${_object}.all" $<TARGET_OBJECTS:betavae_compiled_objects>
    COMMAND "${CMAKE_OBJCOPY}" --localize-hidden --wildcard "--keep-global-symbol=_ZN7betavae*"
      "--keep-global-symbol=_ZNK7betavae*" "--keep-global-symbol=betavae_*" "${_object}.all" "${_object}"
    DEPENDS betavae_compiled_objects $<TARGET_OBJECTS:betavae_compiled_objects> COMMAND_EXPAND_LISTS VERBATIM)
  add_library(betavae_compiled STATIC EXCLUDE_FROM_ALL "${_object}")
else()
  add_library(betavae_compiled STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:betavae_compiled_objects>)
endif()
add_library(betavae::compiled ALIAS betavae_compiled)
set_target_properties(betavae_compiled PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME compiled)
target_link_libraries(betavae_compiled PUBLIC betavae::betavae)
target_compile_definitions(betavae_compiled INTERFACE BETAVAE_COMPILED EIGEN_MAX_ALIGN_BYTES=64 ${_debug_vectors} ${_readers})
# Libraries that its readers call. By name and not as targets, so that the installed package asks for no package of theirs.
if(TARGET betavae::gzip)
  target_link_libraries(betavae_compiled PRIVATE ZLIB::ZLIB)
endif()
if(TARGET betavae::npz)
  target_link_libraries(betavae_compiled PRIVATE "${BETAVAE_LIBZIP_LIBRARY}")
endif()
