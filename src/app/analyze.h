// `perfd analyze`: from OnionPerf's logs to the documents of its analysis, without a store.
#pragma once

#include "app/cli.h"

namespace perfd::app {

void add_analyze(CLI::App& app, Body& body);

}  // namespace perfd::app
