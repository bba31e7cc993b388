# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/fuzz.cmake -S . -B .build/fuzz -G Ninja
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(SCANDRIFT_FUZZ ON CACHE BOOL "")
set(SCANDRIFT_SANITIZE "address,undefined" CACHE STRING "")
set(SCANDRIFT_WERROR ON CACHE BOOL "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
