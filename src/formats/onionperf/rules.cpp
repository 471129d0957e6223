#include "formats/onionperf/rules.h"

#include <array>
#include <span>

#include "base/text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/values.h"

namespace perfd::formats::onionperf {
namespace {

enum class Form : std::uint8_t {
  any,
  amount,    // a whole number from 0, as text
  step,      // the same, or -1
  percent,   // "100.00%"
  endpoint,  // host:address:port
  whole,     // a whole number from 0, as a number
  key,       // the row's own
};

struct Rule {
  std::string_view path;
  Kind kind = Kind::string;
  Form form = Form::any;
  bool required = true;
};

constexpr Rule optional_rule(std::string_view path, Kind kind, Form form = Form::any) {
  return {path, kind, form, false};
}

constexpr std::array kStreamRules = {
    Rule{"byte_info/payload-bytes-recv", Kind::string, Form::amount},
    Rule{"byte_info/payload-bytes-send", Kind::string, Form::amount},
    Rule{"byte_info/payload-progress-recv", Kind::string, Form::percent},
    Rule{"byte_info/payload-progress-send", Kind::string, Form::percent},
    Rule{"byte_info/total-bytes-recv", Kind::string, Form::amount},
    Rule{"byte_info/total-bytes-send", Kind::string, Form::amount},
    optional_rule("elapsed_seconds", Kind::object),
    optional_rule("elapsed_seconds/payload_bytes_recv", Kind::object),
    optional_rule("elapsed_seconds/payload_bytes_send", Kind::object),
    optional_rule("elapsed_seconds/payload_progress_recv", Kind::object),
    optional_rule("elapsed_seconds/payload_progress_send", Kind::object),
    Rule{"is_complete", Kind::boolean},
    Rule{"is_error", Kind::boolean},
    Rule{"is_success", Kind::boolean},
    Rule{"stream_id", Kind::string, Form::key},
    Rule{"stream_info/error"},
    Rule{"stream_info/id"},
    Rule{"stream_info/name"},
    Rule{"stream_info/peername"},
    Rule{"stream_info/recvsize", Kind::string, Form::amount},
    Rule{"stream_info/recvstate"},
    Rule{"stream_info/sendsize", Kind::string, Form::amount},
    Rule{"stream_info/sendstate"},
    Rule{"stream_info/vertexid"},
    Rule{"time_info/created-ts", Kind::string, Form::amount},
    Rule{"time_info/now-ts", Kind::string, Form::amount},
    Rule{"time_info/usecs-to-checksum-recv", Kind::string, Form::step},
    Rule{"time_info/usecs-to-checksum-send", Kind::string, Form::step},
    Rule{"time_info/usecs-to-command", Kind::string, Form::step},
    Rule{"time_info/usecs-to-first-byte-recv", Kind::string, Form::step},
    Rule{"time_info/usecs-to-first-byte-send", Kind::string, Form::step},
    Rule{"time_info/usecs-to-last-byte-recv", Kind::string, Form::step},
    Rule{"time_info/usecs-to-last-byte-send", Kind::string, Form::step},
    Rule{"time_info/usecs-to-proxy-choice", Kind::string, Form::step},
    Rule{"time_info/usecs-to-proxy-init", Kind::string, Form::step},
    Rule{"time_info/usecs-to-proxy-request", Kind::string, Form::step},
    Rule{"time_info/usecs-to-proxy-response", Kind::string, Form::step},
    Rule{"time_info/usecs-to-response", Kind::string, Form::step},
    Rule{"time_info/usecs-to-socket-connect", Kind::string, Form::step},
    Rule{"time_info/usecs-to-socket-create", Kind::string, Form::step},
    Rule{"transport_info/error"},
    Rule{"transport_info/fd", Kind::string, Form::step},
    Rule{"transport_info/local", Kind::string, Form::endpoint},
    Rule{"transport_info/proxy", Kind::string, Form::endpoint},
    Rule{"transport_info/remote", Kind::string, Form::endpoint},
    Rule{"transport_info/state"},
    Rule{"unix_ts_end", Kind::number},
    Rule{"unix_ts_start", Kind::number},
};

constexpr std::array kTransferRules = {
    Rule{"elapsed_seconds", Kind::object},
    optional_rule("elapsed_seconds/payload_bytes", Kind::object),
    optional_rule("elapsed_seconds/payload_progress", Kind::object),
    Rule{"endpoint_local", Kind::string, Form::endpoint},
    Rule{"endpoint_proxy", Kind::string, Form::endpoint},
    Rule{"endpoint_remote", Kind::string, Form::endpoint},
    Rule{"error_code"},
    Rule{"filesize_bytes", Kind::number, Form::whole},
    Rule{"hostname_local"},
    Rule{"hostname_remote"},
    Rule{"is_commander", Kind::boolean},
    Rule{"is_complete", Kind::boolean},
    Rule{"is_error", Kind::boolean},
    Rule{"is_success", Kind::boolean},
    Rule{"method"},
    Rule{"payload_bytes_status", Kind::number, Form::whole},
    Rule{"total_bytes_read", Kind::number, Form::whole},
    Rule{"total_bytes_write", Kind::number, Form::whole},
    Rule{"transfer_id", Kind::string, Form::key},
    Rule{"unix_ts_end", Kind::number},
    Rule{"unix_ts_start", Kind::number},
};

constexpr std::array kCircuitRules = {
    optional_rule("build_quantile", Kind::number),
    optional_rule("build_timeout", Kind::number, Form::whole),
    optional_rule("buildtime_seconds", Kind::number),
    optional_rule("cbt_set", Kind::boolean),
    Rule{"circuit_id", Kind::number, Form::whole},
    optional_rule("current_guards", Kind::array),
    Rule{"elapsed_seconds", Kind::array},
    optional_rule("failure_reason_local", Kind::string),
    optional_rule("failure_reason_remote", Kind::string),
    optional_rule("filtered_out", Kind::boolean),
    optional_rule("path", Kind::array),
    Rule{"unix_ts_end", Kind::number},
    Rule{"unix_ts_start", Kind::number},
};

constexpr std::array kTorStreamRules = {
    optional_rule("circuit_id", Kind::string),
    Rule{"elapsed_seconds", Kind::array},
    optional_rule("failure_reason_local", Kind::string),
    optional_rule("failure_reason_remote", Kind::string),
    optional_rule("source", Kind::string),
    Rule{"stream_id", Kind::number, Form::whole},
    Rule{"target"},
    Rule{"unix_ts_end", Kind::number},
    Rule{"unix_ts_start", Kind::number},
};

constexpr std::array kGuardRules = {
    optional_rule("country", Kind::string),    optional_rule("down_ts", Kind::number),
    optional_rule("dropped_ts", Kind::number), Rule{"fingerprint"},
    optional_rule("new_ts", Kind::number),     Rule{"nickname"},
    optional_rule("up_ts", Kind::number),
};

std::span<const Rule> rules_of(Section section) {
  switch (section) {
    case Section::streams:
      return kStreamRules;
    case Section::transfers:
      return kTransferRules;
    case Section::circuits:
      return kCircuitRules;
    case Section::tor_streams:
      return kTorStreamRules;
    case Section::guards:
      return kGuardRules;
    case Section::filters:
      break;
  }
  return {};
}

bool is_percent(std::string_view text) {
  auto const dot = text.find('.');
  if (dot == std::string_view::npos || !text.ends_with('%') || text.size() != dot + 4) return false;
  auto const whole = parse_int<std::uint32_t>(text.substr(0, dot));
  return whole && *whole <= 100 && parse_int<std::uint32_t>(text.substr(dot + 1, 2));
}

bool is_endpoint(std::string_view text) {
  auto const last = text.rfind(':');
  return last != std::string_view::npos && text.find(':') < last &&
         parse_int<std::uint16_t>(text.substr(last + 1));
}

// What must be, where it is not.
std::string_view wrong_form(Form form, std::string_view text, std::string_view key) {
  auto const number = parse_int<std::int64_t>(text);
  switch (form) {
    case Form::any:
      return {};
    case Form::amount:
    case Form::whole:
      return number && *number >= 0 ? "" : "must be a whole number from 0";
    case Form::step:
      return number && *number >= -1 ? "" : "must be a whole number from 0, or -1";
    case Form::percent:
      return is_percent(text) ? "" : "must be like 100.00%";
    case Form::endpoint:
      return is_endpoint(text) ? "" : "must be host:address:port";
    case Form::key:
      return text == key ? "" : "must be the same as its key";
  }
  return {};
}

RowProblem check_rule(Rule const& rule, std::string_view key, Row const& row) {
  std::string path(rule.path);
  Field field;
  if (!row.find(rule.path, field))
    return rule.required ? RowProblem{path, "is missing"} : RowProblem{};
  if (field.kind != rule.kind) return {path, "must be " + std::string(name(rule.kind))};
  return {path, std::string(wrong_form(rule.form, field.text, key))};
}

RowProblem check_id(std::string_view key, std::string_view path, std::uint64_t id) {
  auto const parts = tor_key(key);
  if (parts && parts->id == id) return {};
  return {std::string(path), "must be the same as its key"};
}

// What the reader finds wrong.
RowProblem check_as_read(Section section, std::string_view key, Row const& row) {
  RowProblem problem;
  switch (section) {
    case Section::streams: {
      Transfer out;
      return read_stream(row, "source", key, out);
    }
    case Section::transfers: {
      Transfer out;
      return read_transfer(row, "source", key, out);
    }
    case Section::circuits: {
      OnionPerfCircuit out;
      problem = read_circuit(row, key, out);
      return problem.none() ? check_id(key, "circuit_id", out.circuit.id) : problem;
    }
    case Section::tor_streams: {
      model::Stream out;
      problem = read_tor_stream(row, key, out);
      return problem.none() ? check_id(key, "stream_id", out.id) : problem;
    }
    case Section::guards: {
      OnionPerfGuard out;
      return read_guard(row, out);
    }
    case Section::filters:
      break;
  }
  return problem;
}

}  // namespace

RowProblem check_row(Section section, std::string_view key, Row const& row) {
  for (auto const& rule : rules_of(section))
    if (auto problem = check_rule(rule, key, row); !problem.none()) return problem;
  if (section == Section::streams || section == Section::transfers) {
    Values values(row);
    if (values.flag_or("is_error", false) == values.flag_or("is_success", false))
      return {"is_success", "must be the contrary of is_error"};
    if (values.moment("unix_ts_end") < values.moment("unix_ts_start"))
      return {"unix_ts_end", "must not be before unix_ts_start"};
  }
  return check_as_read(section, key, row);
}

}  // namespace perfd::formats::onionperf
