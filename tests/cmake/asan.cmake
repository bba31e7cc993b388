# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/asan.cmake -S . -B .build/debug-asan -G Ninja
# clang here and gcc in the release build: both compilers see every file.
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(SCANDRIFT_SANITIZE "address,undefined" CACHE STRING "")
set(SCANDRIFT_WERROR ON CACHE BOOL "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
