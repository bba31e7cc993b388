# SPDX-License-Identifier: Apache-2.0
# For tests/mutate/run.sh: quick to compile, and the sanitizers notice a mutant that leaks or
# writes out of bounds. Warnings are of no interest here.
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O0 -w" CACHE STRING "")
set(SCANDRIFT_SANITIZE "address,undefined" CACHE STRING "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
set(SCANDRIFT_LINT OFF CACHE BOOL "")
set(SCANDRIFT_MUTATE ON CACHE BOOL "")
