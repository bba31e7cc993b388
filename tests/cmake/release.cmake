# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/release.cmake -S . -B .build/release -G Ninja
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -DNDEBUG" CACHE STRING "")
set(SCANDRIFT_WERROR ON CACHE BOOL "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
