// SPDX-License-Identifier: MIT
// Nothing: the precompiled header belongs to some target, and this is its source.
