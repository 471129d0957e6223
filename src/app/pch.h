// Precompiled for this room: CLI11 is as heavy as Asio, and every command uses both.
#pragma once

#include <CLI/CLI.hpp>

#include "runtime/pch.h"
