# With PERFD_UNITY several files of a target are compiled as one: a full build takes a
# third of the time, a small change takes longer. Names in unnamed namespaces must then
# differ within a folder; NO_UNITY keeps the files of a target apart.
function(perfd_unity target no_unity)
  if(PERFD_UNITY AND NOT no_unity)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# perfd_room(NAME [DEPS rooms...] [LINK libraries...] [ASIO] [NO_UNITY])
#
# One library for the folder src/NAME: all its .cpp files, sub-folders included.
# DEPS are the rooms it may include. ASIO says that its files include Boost.Asio:
# they then share the precompiled header that the runtime room builds.
function(perfd_room name)
  cmake_parse_arguments(ROOM "ASIO;NO_UNITY" "" "DEPS;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(sources)
    add_library(perfd_${name} STATIC ${sources})
    set(scope PUBLIC)
    # How perfd is compiled is nothing for those who link an installed room.
    target_link_libraries(perfd_${name} PRIVATE $<BUILD_INTERFACE:perfd_flags>)
    perfd_unity(perfd_${name} ${ROOM_NO_UNITY})
  else()
    add_library(perfd_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(perfd_${name} ${scope} "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>")
  list(TRANSFORM ROOM_DEPS PREPEND perfd_)
  target_link_libraries(perfd_${name} ${scope} ${ROOM_DEPS} ${ROOM_LINK})
  if(ROOM_ASIO AND sources)
    perfd_use_asio(perfd_${name})
  endif()
endfunction()

# The precompiled header of Asio for a target outside the rooms (tests, benches).
function(perfd_use_asio target)
  if(NOT target STREQUAL "perfd_runtime")
    target_precompile_headers(${target} REUSE_FROM perfd_runtime)
  endif()
endfunction()

# perfd_tests(ROOM [LABEL label] [DEPS rooms...] [LINK libraries...] [ASIO] [NO_UNITY] [ALONE] [PURE])
#
# One GoogleTest program from tests/ROOM/*_test.cpp, found by ctest case by case.
# LABEL is `unit` (the default: virtual time, no network but socket pairs), or
# `integration` (real processes on loopback) or `integration-root` (they must be root:
# port 80, dropping privileges), and each case carries it. ALONE: it compares times, so that no
# other test may run beside it. PURE: nothing in it has two threads, so that a build with
# ThreadSanitizer leaves it out.
function(perfd_tests name)
  cmake_parse_arguments(T "ASIO;NO_UNITY;ALONE;PURE" "LABEL;TIMEOUT" "DEPS;LINK" ${ARGN})
  if(T_PURE AND PERFD_SANITIZE MATCHES "thread")
    return()
  endif()
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp"
    "${CMAKE_CURRENT_SOURCE_DIR}/support/*.cpp")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" target "${name}")
  add_executable(test_${target} ${sources})
  perfd_unity(test_${target} ${T_NO_UNITY})
  list(TRANSFORM T_DEPS PREPEND perfd_)
  target_include_directories(test_${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(test_${target} PRIVATE perfd_flags ${T_DEPS} ${T_LINK} perfd_test_places
    GTest::gmock GTest::gtest_main)
  if(T_ASIO)
    perfd_use_asio(test_${target})
  endif()
  gtest_discover_tests(test_${target} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${T_LABEL}" TIMEOUT ${T_TIMEOUT} RUN_SERIAL ${T_ALONE})
endfunction()

# perfd_fuzz(NAME DEPS rooms...): one libFuzzer program from fuzz/NAME_fuzz.cpp,
# with its corpus in fuzz/corpus/NAME.
function(perfd_fuzz name)
  cmake_parse_arguments(F "" "" "DEPS;LINK" ${ARGN})
  add_executable(fuzz_${name} "${CMAKE_CURRENT_SOURCE_DIR}/${name}_fuzz.cpp")
  list(TRANSFORM F_DEPS PREPEND perfd_)
  target_link_libraries(fuzz_${name} PRIVATE perfd_flags ${F_DEPS} ${F_LINK})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
