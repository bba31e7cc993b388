# SPDX-License-Identifier: Apache-2.0
# For tests/lint/unused.sh: a section for each function and each object, and nothing inlined, so that
# the linker knows what is reached. The macros of curl's headers would add functions of their own.
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Unused CACHE STRING "")
set(CMAKE_C_FLAGS_UNUSED "-O0 -DCURL_DISABLE_TYPECHECK -ffunction-sections -fdata-sections" CACHE STRING "")
