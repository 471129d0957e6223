# The reading and writing of results as a package for other programs (docs/library.md):
#
#   cmake --install build/release --component formats --prefix /usr/local
#   find_package(perfd 0.1 REQUIRED) … target_link_libraries(mine PRIVATE perfd::formats)
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# What perfd/formats.h needs, and what it promises. The other headers of these rooms are perfd's own.
set(PERFD_PUBLIC_HEADERS
  base/id.h base/result.h base/text.h base/time_text.h base/units.h
  model/allocation.h model/circuit.h model/guards.h model/mark.h model/measurement.h
  model/onion.h model/outcome.h model/page.h model/proxy_connection.h
  formats/documents.h formats/formats.h formats/har.h formats/jsonl.h
  formats/onionperf_check.h formats/onionperf_read.h formats/onionperf_write.h
  formats/tgen_line.h formats/tgen_log.h formats/tgen_progress.h formats/tgen_repeat.h
  formats/torperf_data.h
  formats/tpf.h)

set(package_rooms perfd_base perfd_model perfd_formats)
foreach(target IN LISTS package_rooms)
  target_include_directories(${target} PUBLIC "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_features(${target} INTERFACE cxx_std_20)
endforeach()
foreach(target IN ITEMS ${package_rooms} perfd_json perfd_boost)
  string(REPLACE perfd_ "" name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
endforeach()

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/perfd")
install(TARGETS ${package_rooms} perfd_json perfd_boost EXPORT perfdTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT formats)
install(EXPORT perfdTargets NAMESPACE perfd:: DESTINATION "${package_folder}" COMPONENT formats)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/perfdConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/package/perfdConfig.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/perfdConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/package/perfdConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/perfdConfigVersion.cmake"
  DESTINATION "${package_folder}" COMPONENT formats)

# In the checkout a header is "model/mark.h", which others may have, too: installed it is
# "perfd/model/mark.h", in its name and in all includes.
set(package_headers "${PROJECT_BINARY_DIR}/package/include/perfd")
install(CODE "
  foreach(header IN ITEMS ${PERFD_PUBLIC_HEADERS})
    file(READ \"${PROJECT_SOURCE_DIR}/src/\${header}\" text)
    string(REGEX REPLACE \"#include \\\"(base|model|formats)/\" \"#include \\\"perfd/\\\\1/\" text \"\${text}\")
    if(header STREQUAL \"formats/formats.h\")
      set(header formats.h)
    endif()
    file(WRITE \"${package_headers}/\${header}\" \"\${text}\")
  endforeach()"
  COMPONENT formats)
install(DIRECTORY "${package_headers}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  COMPONENT formats FILES_MATCHING PATTERN "*.h")
