# SPDX-License-Identifier: Apache-2.0
# cmake -C tests/cmake/quickstart.cmake -S . -B .build/quickstart -G Ninja
# The program and the API stand-in, with the compiler that CC names, or cc.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -DNDEBUG" CACHE STRING "")
set(SCANDRIFT_STANDIN ON CACHE BOOL "")
