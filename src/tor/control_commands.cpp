// The typed commands: bytes from wire, a reply, a value.
#include <algorithm>

#include "base/text.h"
#include "tor/control_state.h"

namespace perfd::tor {

using runtime::Task;
using wire::torctl::ConfigValues;
using wire::torctl::Keywords;
using wire::torctl::OnionService;
using wire::torctl::Reply;
namespace command = wire::torctl::command;

namespace {

template <class T>
Task<Result<T>> parsed(Task<Result<Reply>> asking, Result<T> (*parse)(Reply const&)) {
  auto const reply = co_await std::move(asking);
  if (reply.has_error()) co_return reply.error();
  co_return parse(*reply);
}

Task<Result<>> expected(Task<Result<Reply>> asking, std::string name) {
  auto const reply = co_await std::move(asking);
  if (reply.has_error()) co_return reply.error();
  co_return wire::torctl::expect_ok(*reply, name);
}

Task<Result<std::string>> single(Task<Result<Keywords>> asking, std::string key) {
  auto values = co_await std::move(asking);
  if (values.has_error()) co_return values.error();
  for (auto& [name, value] : *values)
    if (equals_ignoring_case(name, key)) co_return success(std::move(value));
  co_return Error{"GETINFO: tor did not answer for " + printable(key, 80)};
}

}  // namespace

Task<Result<Reply>> ControlConnection::command(Result<std::string> bytes, std::string name,
                                               Nanos timeout) {
  return State::command(state_, std::move(bytes), std::move(name), timeout);
}

Task<Result<Keywords>> ControlConnection::getinfo(Strings keys, Nanos timeout) {
  return parsed(command(command::getinfo(keys), "GETINFO", timeout), &wire::torctl::parse_getinfo);
}

Task<Result<std::string>> ControlConnection::getinfo(std::string key, Nanos timeout) {
  return single(getinfo(Strings{key}, timeout), key);
}

Task<Result<ConfigValues>> ControlConnection::getconf(Strings keys) {
  return parsed(command(command::getconf(keys), "GETCONF"), &wire::torctl::parse_getconf);
}

Task<Result<>> ControlConnection::setconf(ConfigEntries entries) {
  return expected(command(command::setconf(entries), "SETCONF"), "SETCONF");
}

Task<Result<>> ControlConnection::resetconf(ConfigEntries entries) {
  return expected(command(command::resetconf(entries), "RESETCONF"), "RESETCONF");
}

Task<Result<>> ControlConnection::setevents(Strings events) {
  return expected(command(command::setevents(events), "SETEVENTS"), "SETEVENTS");
}

Task<Result<>> ControlConnection::signal(std::string name) {
  return expected(command(command::signal(name), "SIGNAL"), "SIGNAL");
}

Task<Result<std::uint64_t>> ControlConnection::extendcircuit(std::uint64_t circuit, Strings path,
                                                             std::string purpose) {
  return parsed(
      command(command::extendcircuit(circuit, path, purpose), "EXTENDCIRCUIT", kCreationTimeout),
      &wire::torctl::parse_extendcircuit);
}

Task<Result<>> ControlConnection::attachstream(std::uint64_t stream, std::uint64_t circuit) {
  return expected(command(success(command::attachstream(stream, circuit)), "ATTACHSTREAM"),
                  "ATTACHSTREAM");
}

Task<Result<>> ControlConnection::closestream(std::uint64_t stream, unsigned reason) {
  return expected(command(success(command::closestream(stream, reason)), "CLOSESTREAM"),
                  "CLOSESTREAM");
}

Task<Result<>> ControlConnection::closecircuit(std::uint64_t circuit, bool only_if_unused) {
  return expected(command(success(command::closecircuit(circuit, only_if_unused)), "CLOSECIRCUIT"),
                  "CLOSECIRCUIT");
}

Task<Result<OnionService>> ControlConnection::add_onion(command::AddOnion service) {
  return parsed(command(command::add_onion(service), "ADD_ONION", kCreationTimeout),
                &wire::torctl::parse_add_onion);
}

Task<Result<>> ControlConnection::del_onion(std::string service_id) {
  return expected(command(command::del_onion(service_id), "DEL_ONION"), "DEL_ONION");
}

Task<Result<>> ControlConnection::dropguards() {
  return expected(command(success(command::dropguards()), "DROPGUARDS"), "DROPGUARDS");
}

Task<Result<>> ControlConnection::droptimeouts() {
  return expected(command(success(command::droptimeouts()), "DROPTIMEOUTS"), "DROPTIMEOUTS");
}

Task<Result<>> ControlConnection::takeownership() {
  return expected(command(success(command::takeownership()), "TAKEOWNERSHIP"), "TAKEOWNERSHIP");
}

Task<Result<>> ControlConnection::resolve(std::string address, bool reverse) {
  return expected(command(command::resolve(address, reverse), "RESOLVE"), "RESOLVE");
}

namespace {

Task<Result<ControlConnection::Strings>> subscribed(Task<Result<std::string>> names,
                                                    ControlConnection& connection,
                                                    ControlConnection::Strings wanted) {
  auto const known = co_await std::move(names);
  if (known.has_error()) co_return known.error();
  auto const list = split(trim(*known), ' ');
  std::erase_if(wanted, [&](std::string const& event) {
    return std::find(list.begin(), list.end(), event) == list.end();
  });
  auto const set = co_await connection.setevents(wanted);
  if (set.has_error()) co_return set.error();
  co_return std::move(wanted);
}

}  // namespace

Task<Result<ControlConnection::Strings>> ControlConnection::subscribe(Strings wanted) {
  return subscribed(getinfo("events/names"), *this, std::move(wanted));
}

}  // namespace perfd::tor
