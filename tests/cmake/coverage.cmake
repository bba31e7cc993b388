# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/coverage.cmake -S . -B .build/coverage -G Ninja
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g" CACHE STRING "")
set(SCANDRIFT_COVERAGE ON CACHE BOOL "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
