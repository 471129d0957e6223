# The dashboard of dashboard/ as C++ that holds its bundle (src/web/page/assets.h). It is bundled in
# the build folder, with packages that npm fetches there as package-lock.json has them.
option(PERFD_DASHBOARD "build the dashboard; without it / is a page without plots" ON)
set(dashboard_without "or configure with -DPERFD_DASHBOARD=OFF: / is then a page without plots")

if(PERFD_DASHBOARD)
  find_program(PERFD_NODE NAMES node nodejs)
  find_program(PERFD_NPM npm)
  if(NOT PERFD_NODE OR NOT PERFD_NPM)
    message(FATAL_ERROR "The dashboard is built with Node.js and npm, which are not here. "
      "Run scripts/install-deps, ${dashboard_without}.")
  endif()
  execute_process(COMMAND "${PERFD_NODE}" --version OUTPUT_VARIABLE node_version
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" node_version "${node_version}")
  if(node_version VERSION_LESS 18)
    message(FATAL_ERROR "The dashboard is built with Node.js 18 or newer; ${PERFD_NODE} is "
      "${node_version}. Install a newer one, ${dashboard_without}.")
  endif()
endif()

# Adds the assets to a target of the same folder.
function(perfd_dashboard target)
  set(folder "${PROJECT_BINARY_DIR}/dashboard")
  set(made "${folder}/assets.cpp")
  if(NOT PERFD_DASHBOARD)
    file(CONFIGURE OUTPUT "${made}" CONTENT
      "#include \"web/page/assets.h\"\n\nstd::span<perfd::web::Asset const> perfd::web::assets() { return {}; }\n")
  else()
    # What drives the browser of the tests is for these alone.
    if(NOT PERFD_TESTS)
      set(omit --omit=dev)
    endif()
    set(source "${PROJECT_SOURCE_DIR}/dashboard")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${source}/src/*.js" "${source}/src/*.css")
    add_custom_command(OUTPUT "${folder}/node_modules/.package-lock.json"
      COMMAND "${CMAKE_COMMAND}" -E copy "${source}/package.json" "${source}/package-lock.json"
        "${source}/.npmrc" "${folder}"
      COMMAND "${CMAKE_COMMAND}" "-DNPM=${PERFD_NPM}" "-DOMIT=${omit}" "-DWITHOUT=${dashboard_without}"
        -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/npm_ci.cmake"
      DEPENDS "${source}/package.json" "${source}/package-lock.json" "${source}/.npmrc"
      WORKING_DIRECTORY "${folder}"
      COMMENT "Fetching what the dashboard is built with" VERBATIM)
    add_custom_command(OUTPUT "${made}"
      COMMAND "${CMAKE_COMMAND}" -E rm -rf "${folder}/src"
      COMMAND "${CMAKE_COMMAND}" -E copy_directory "${source}/src" "${folder}/src"
      COMMAND "${CMAKE_COMMAND}" -E copy "${source}/build.js" "${folder}"
      COMMAND "${PERFD_NODE}" build.js --out "${folder}/dist" --cpp "${made}"
      DEPENDS ${files} "${source}/build.js" "${folder}/node_modules/.package-lock.json"
      WORKING_DIRECTORY "${folder}"
      COMMENT "Bundling the dashboard" VERBATIM)
    file(MAKE_DIRECTORY "${folder}")
  endif()
  target_sources(${target} PRIVATE "${made}")
  set_source_files_properties("${made}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
    SKIP_PRECOMPILE_HEADERS ON)
endfunction()
