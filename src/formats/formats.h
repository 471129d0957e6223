// The results of Torperf, OnionPerf and perfd, for other programs: installed as <perfd/formats.h>,
// linked as perfd::formats (docs/library.md).
//
// Whatever file a result comes from, it becomes a perfd::model::Measurement: who measured what and
// when, how it ended, the moments that were reached, tor's stream and circuits as far as the file
// tells. From it each format is written. This prints how long a file of perfd's own lines took:
//
//   #include <perfd/formats.h>
//   #include <cstdio>
//   #include <fstream>
//   #include <string>
//
//   int main(int, char** arguments) {
//     std::ifstream file(arguments[1]);
//     for (std::string line; std::getline(file, line);) {
//       auto const measurement = perfd::formats::from_json_line(line);
//       if (!measurement) {
//         std::fprintf(stderr, "%s\n", measurement.error().message.c_str());
//         continue;
//       }
//       auto const took = measurement->marks.between("START", "DATACOMPLETE");
//       std::printf("%s %s %lld\n", measurement->id.c_str(),
//                   std::string(perfd::model::name(measurement->outcome.code)).c_str(),
//                   took ? static_cast<long long>(took->count()) : -1);  // microseconds
//     }
//   }
//
//                          read                    written                check
//   JSON lines             from_json_line          to_json_line           from_json_line
//   .tpf, 1.0 and 1.1      TpfReader, from_tpf     to_tpf, append_tpf     TpfReader
//   OnionPerf's analysis   OnionPerfReader         write_onionperf        OnionPerfChecker
//   Torperf's .data …      parse_torperf_data …    -                      -
//   TGen's logs            TgenLogReader           -                      -
//   the three documents    -                       file_download_document -
//   HAR                    -                       HarWriter              -
//
// What is promised within a minor version (0.1.x), which is what find_package() asks for: the names
// above, and the types Result, Error, WallTime and Micros, model::Measurement and what it is made
// of (Mark, Marks, Outcome, Stream, Circuit, PageLoad, Allocation …) keep their names, members and
// meaning; members are added. Everything else that the headers show is perfd's own and may change.
//
// Times are microseconds since the Unix epoch. Nothing here does I/O: text goes in and out, and
// compressed files are the caller's. Expected failures are a Result whose error says what is wrong
// and where. Input is untrusted, and bounded. Thread: values and pure functions; a reader is for
// one thread at a time.
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/time_text.h"
#include "base/units.h"
#include "formats/documents.h"
#include "formats/har.h"
#include "formats/jsonl.h"
#include "formats/onionperf_check.h"
#include "formats/onionperf_read.h"
#include "formats/onionperf_write.h"
#include "formats/tgen_log.h"
#include "formats/torperf_data.h"
#include "formats/tpf.h"
#include "model/measurement.h"
