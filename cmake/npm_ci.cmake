# Run by the build: fetches the packages of package-lock.json, and says what to do where that fails.
execute_process(COMMAND "${NPM}" ci ${OMIT} --ignore-scripts --loglevel=error
  OUTPUT_QUIET RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "npm could not fetch what the dashboard is built with; the lines above say why. "
    "Mend that, ${WITHOUT}.")
endif()
