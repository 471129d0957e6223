// Which words and keywords make which event: control-spec 4.1 as tables.
// Internal to torctl.
#pragma once

#include <array>

#include "wire/torctl/event.h"
#include "wire/torctl/fields.h"

namespace perfd::wire::torctl::fields {

// CIRC and CIRC_MINOR
template <class E>
struct CircuitSchema {
  static constexpr std::size_t required = 2;
  static constexpr std::array words = {field<E, &E::id>("circuit id"),
                                       field<E, &E::status>("status"), field<E, &E::path>("path")};
  static constexpr std::array keywords = {
      field<E, &E::build_flags>("BUILD_FLAGS"),
      field<E, &E::purpose>("PURPOSE"),
      field<E, &E::hs_state>("HS_STATE"),
      field<E, &E::rend_query>("REND_QUERY"),
      field<E, &E::hs_pow>("HS_POW"),
      field<E, &E::time_created>("TIME_CREATED"),
      field<E, &E::reason>("REASON"),
      field<E, &E::remote_reason>("REMOTE_REASON"),
      field<E, &E::socks_username>("SOCKS_USERNAME"),
      field<E, &E::socks_password>("SOCKS_PASSWORD"),
      field<E, &E::conflux_id>("CONFLUX_ID"),
      field<E, &E::conflux_rtt>("CONFLUX_RTT"),
      field<E, &E::old_purpose>("OLD_PURPOSE"),
      field<E, &E::old_hs_state>("OLD_HS_STATE"),
  };
};
template <>
struct Schema<Circ> : CircuitSchema<Circ> {};
template <>
struct Schema<CircMinor> : CircuitSchema<CircMinor> {};

template <>
struct Schema<Stream> {
  using E = Stream;
  static constexpr std::size_t required = 4;
  static constexpr std::array words = {
      field<E, &E::id>("stream id"), field<E, &E::status>("status"),
      field<E, &E::circuit>("circuit id"), field<E, &E::target>("target")};
  static constexpr std::array keywords = {
      field<E, &E::reason>("REASON"),
      field<E, &E::remote_reason>("REMOTE_REASON"),
      field<E, &E::source>("SOURCE"),
      field<E, &E::source_address>("SOURCE_ADDR"),
      field<E, &E::purpose>("PURPOSE"),
      field<E, &E::socks_username>("SOCKS_USERNAME"),
      field<E, &E::socks_password>("SOCKS_PASSWORD"),
      field<E, &E::client_protocol>("CLIENT_PROTOCOL"),
      field<E, &E::nym_epoch>("NYM_EPOCH"),
      field<E, &E::session_group>("SESSION_GROUP"),
      field<E, &E::iso_fields>("ISO_FIELDS"),
  };
};

template <>
struct Schema<StreamBw> {
  using E = StreamBw;
  static constexpr std::size_t required = 3;
  static constexpr std::array words = {
      field<E, &E::id>("stream id"), field<E, &E::written>("bytes written"),
      field<E, &E::read>("bytes read"), field<E, &E::time>("time")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};

template <>
struct Schema<CircBw> {
  using E = CircBw;
  static constexpr std::size_t required = 0;
  static constexpr std::array<Field<E>, 0> words = {};
  static constexpr std::array keywords = {
      field<E, &E::id>("ID"),
      field<E, &E::read>("READ"),
      field<E, &E::written>("WRITTEN"),
      field<E, &E::time>("TIME"),
      field<E, &E::delivered_read>("DELIVERED_READ"),
      field<E, &E::overhead_read>("OVERHEAD_READ"),
      field<E, &E::delivered_written>("DELIVERED_WRITTEN"),
      field<E, &E::overhead_written>("OVERHEAD_WRITTEN"),
      field<E, &E::slow_start>("SS"),
      field<E, &E::congestion_window>("CWND"),
      millis<E, &E::rtt>("RTT"),
      millis<E, &E::min_rtt>("MIN_RTT"),
  };
};

template <>
struct Schema<Bw> {
  using E = Bw;
  static constexpr std::size_t required = 2;
  static constexpr std::array words = {field<E, &E::read>("bytes read"),
                                       field<E, &E::written>("bytes written")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};

template <>
struct Schema<BuildTimeoutSet> {
  using E = BuildTimeoutSet;
  static constexpr std::size_t required = 1;
  static constexpr std::array words = {field<E, &E::type>("type")};
  static constexpr std::array keywords = {
      field<E, &E::total_times>("TOTAL_TIMES"),
      millis<E, &E::timeout>("TIMEOUT_MS"),
      millis<E, &E::xm>("XM"),
      field<E, &E::alpha>("ALPHA"),
      field<E, &E::cutoff_quantile>("CUTOFF_QUANTILE"),
      field<E, &E::timeout_rate>("TIMEOUT_RATE"),
      millis<E, &E::close>("CLOSE_MS"),
      field<E, &E::close_rate>("CLOSE_RATE"),
  };
};

template <>
struct Schema<Guard> {
  using E = Guard;
  static constexpr std::size_t required = 3;
  static constexpr std::array words = {field<E, &E::type>("type"), field<E, &E::relay>("relay"),
                                       field<E, &E::status>("status")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};

template <>
struct Schema<OrConn> {
  using E = OrConn;
  static constexpr std::size_t required = 2;
  static constexpr std::array words = {field<E, &E::target>("relay"),
                                       field<E, &E::status>("status")};
  static constexpr std::array keywords = {field<E, &E::reason>("REASON"),
                                          field<E, &E::circuits>("NCIRCS"), field<E, &E::id>("ID")};
};

template <class E>
struct StatusSchema {
  static constexpr std::size_t required = 2;
  static constexpr std::array words = {field<E, &E::severity>("severity"),
                                       field<E, &E::action>("action")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};
template <>
struct Schema<StatusClient> : StatusSchema<StatusClient> {};
template <>
struct Schema<StatusGeneral> : StatusSchema<StatusGeneral> {};

template <>
struct Schema<NetworkLiveness> {
  using E = NetworkLiveness;
  static constexpr std::size_t required = 1;
  static constexpr std::array words = {field<E, &E::status>("status")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};

template <>
struct Schema<HsDesc> {
  using E = HsDesc;
  static constexpr std::size_t required = 4;
  static constexpr std::array words = {
      field<E, &E::action>("action"), field<E, &E::address>("address"),
      field<E, &E::auth_type>("authentication"), field<E, &E::hs_dir>("directory"),
      field<E, &E::descriptor_id>("descriptor id")};
  static constexpr std::array keywords = {field<E, &E::reason>("REASON"),
                                          field<E, &E::replica>("REPLICA"),
                                          field<E, &E::hs_dir_index>("HSDIR_INDEX")};
};

template <>
struct Schema<HsDescContent> {
  using E = HsDescContent;
  static constexpr std::size_t required = 3;
  static constexpr std::array words = {field<E, &E::address>("address"),
                                       field<E, &E::descriptor_id>("descriptor id"),
                                       field<E, &E::hs_dir>("directory")};
  static constexpr std::array<Field<E>, 0> keywords = {};
};

template <>
struct Schema<AddrMap> {
  using E = AddrMap;
  static constexpr std::size_t required = 2;
  static constexpr std::array words = {field<E, &E::address>("address"),
                                       field<E, &E::new_address>("new address"),
                                       field<E, &E::expiry>("expiry")};
  static constexpr std::array keywords = {
      field<E, &E::error>("error"), field<E, &E::expires>("EXPIRES"),
      field<E, &E::cached>("CACHED"), field<E, &E::stream_id>("STREAMID")};
};

}  // namespace perfd::wire::torctl::fields
