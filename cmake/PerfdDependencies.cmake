# Third-party libraries, all from Debian 12. PERFD_BOOST_ROOT names a folder that
# holds Boost 1.81's headers where they can't be installed beside an older Boost.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(PERFD_BOOST_ROOT "" CACHE PATH "folder with include/boost of Boost 1.81 or newer, if not the system's")
find_path(PERFD_BOOST_INCLUDE boost/url.hpp
  PATHS "${PERFD_BOOST_ROOT}/usr/include" "${PERFD_BOOST_ROOT}/include" "${PERFD_BOOST_ROOT}"
  NO_DEFAULT_PATH)
if(NOT PERFD_BOOST_INCLUDE)
  find_path(PERFD_BOOST_INCLUDE boost/url.hpp)
endif()
if(NOT PERFD_BOOST_INCLUDE)
  message(FATAL_ERROR "Boost 1.81 not found (boost/url.hpp). Run scripts/install-deps, or install libboost1.81-dev.")
endif()
add_library(perfd_boost INTERFACE)
# Whoever links an installed room has a Boost of their own, used in ways of their own.
target_include_directories(perfd_boost SYSTEM INTERFACE "$<BUILD_INTERFACE:${PERFD_BOOST_INCLUDE}>")
set(boost_definitions
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_JSON_NO_LIB BOOST_URL_NO_LIB BOOST_ALL_NO_LIB BOOST_ERROR_CODE_HEADER_ONLY)
target_compile_definitions(perfd_boost INTERFACE "$<BUILD_INTERFACE:${boost_definitions}>")

if(PERFD_SANITIZE)
  # Asio would reuse the memory of ended coroutines, and a use after the end would not be seen.
  set(boost_definitions
    BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING)
  target_compile_definitions(perfd_boost INTERFACE "$<BUILD_INTERFACE:${boost_definitions}>")
endif()

find_package(OpenSSL REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(LibArchive 3.6 REQUIRED)
# Its core alone, which counts and writes: perfd has a server.
find_package(prometheus-cpp REQUIRED)
if(PERFD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
