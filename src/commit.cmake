# SPDX-License-Identifier: Apache-2.0
#
# cmake -DSOURCE=DIR -DOUT=FILE -P commit.cmake
#
# Writes the commit that is built into a C header. It runs in each build, since a
# commit changes no source file, and leaves an unchanged header alone, so that
# nothing is compiled again.

# An unpacked archive may be inside of somebody else's repository: only .git of the
# tree itself counts. In a linked worktree it is a file.
set(commit release)
if(EXISTS "${SOURCE}/.git")
  # In a git hook these name the repository, or the index, of the hook.
  foreach(name IN ITEMS GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE)
    unset(ENV{${name}})
  endforeach()
  # A build writes nothing into the repository, not even a refreshed index.
  set(ENV{GIT_OPTIONAL_LOCKS} 0)
  # With --git-dir git does not ask whose repository it is: `sudo make install` would
  # otherwise get another answer than the build before it.
  execute_process(
    COMMAND git "--git-dir=${SOURCE}/.git" "--work-tree=${SOURCE}"
      describe --always --dirty --abbrev=40 --exclude=*
    WORKING_DIRECTORY "${SOURCE}"
    RESULT_VARIABLE failed
    OUTPUT_VARIABLE commit
    ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed OR NOT commit MATCHES "^[0-9a-f]+(-dirty)?$")
    set(commit unknown)
  endif()
endif()

set(text "#define BUILD_COMMIT \"${commit}\"\n")
set(before "")
if(EXISTS "${OUT}")
  file(READ "${OUT}" before)
endif()
if(NOT text STREQUAL before)
  file(WRITE "${OUT}" "${text}")
endif()
