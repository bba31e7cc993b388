# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/tsan.cmake -S . -B .build/tsan -G Ninja
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(SCANDRIFT_SANITIZE "thread" CACHE STRING "")
set(SCANDRIFT_WERROR ON CACHE BOOL "")
set(SCANDRIFT_TESTS ON CACHE BOOL "")
