# Compiler settings that every target of the project shares.
option(PERFD_TESTS "build the tests" ON)
option(PERFD_FUZZ "build the fuzz targets (clang only)" OFF)
option(PERFD_BENCH "build the benchmarks" OFF)
option(PERFD_UNITY "compile several files as one (cmake/PerfdRoom.cmake)" OFF)
option(PERFD_WERROR "warnings are errors" OFF)
set(PERFD_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize takes them: address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
# -g1 keeps usable backtraces at a fraction of the link time and the size.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
if(PERFD_SANITIZE)
  # Instrumented code takes half as long to compile like this, and assertions count.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND PERFD_SANITIZE MATCHES "address")
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-Og -g1")
  else()
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  endif()
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(perfd_flags INTERFACE)
target_compile_options(perfd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(PERFD_WERROR)
  target_compile_options(perfd_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own and Boost's inlined code, and in the frames of coroutines.
  target_compile_options(perfd_flags INTERFACE -Wno-maybe-uninitialized -Wno-stringop-overflow
    -Wno-array-bounds -Wno-restrict -Wno-mismatched-new-delete -Wno-subobject-linkage)
endif()
if(PERFD_SANITIZE)
  target_compile_options(perfd_flags INTERFACE
    -fsanitize=${PERFD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(PERFD_SANITIZE MATCHES "address,undefined")
    # AddressSanitizer stops at most of these accesses itself, and the checks before each of
    # them make up a third of the time that Asio's templates take to compile.
    target_compile_options(perfd_flags INTERFACE -fno-sanitize=null,alignment,object-size)
  endif()
  if(PERFD_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences are not seen by ThreadSanitizer, and GCC says so in every file.
    target_compile_options(perfd_flags INTERFACE -Wno-tsan)
  endif()
  target_link_options(perfd_flags INTERFACE -fsanitize=${PERFD_SANITIZE})
endif()
if(PERFD_FUZZ)
  # The libraries, too, must tell the fuzzer which ways their code went.
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PERFD_FUZZ needs clang: -DCMAKE_CXX_COMPILER=clang++")
  endif()
  target_compile_options(perfd_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A compiler cache turns a rebuild from minutes into seconds; it is used where it is installed.
# Paths are told to it relative to the checkout, so that one checkout serves another.
find_program(PERFD_CCACHE ccache)
if(PERFD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_NOHASHDIR=1
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    ${PERFD_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
