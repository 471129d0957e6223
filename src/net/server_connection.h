// One client of the measurement server: reads requests, hands each to what answers it, and
// keeps the moment after which the sweep may end the connection. Internal to net.
// Thread: the serving loop's. Ownership: refers to the context, which outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/server_context.h"
#include "runtime/socket.h"
#include "runtime/tls.h"
#include "wire/bytes.h"
#include "wire/http/head_parser.h"

namespace perfd::net {

class ServerConnection {
 public:
  // `tls` is null for plain text.
  ServerConnection(ServerContext& context, runtime::Listener::Accepted accepted,
                   runtime::TlsContext const* tls);

  // Serves until the client or a failure ends the connection.
  runtime::Task<> serve();

  // For the sweep.
  [[nodiscard]] MonoTime deadline() const { return deadline_; }
  void close() { socket_.close(); }

  // What follows is for those who answer requests. All I/O returns false once the
  // connection is of no use any more.

  [[nodiscard]] ServerContext& context() { return context_; }
  // Null where what is sent must be encrypted first.
  [[nodiscard]] runtime::StreamSocket* plain_socket() { return tls_ ? nullptr : &socket_; }
  [[nodiscard]] runtime::Address const& peer() const { return peer_; }
  // Our end of it; no address where the system does not tell any more.
  [[nodiscard]] runtime::Address local() {
    auto const address = socket_.local_address();
    return address ? *address : runtime::Address();
  }
  // The moments before and after the call that accepted the connection.
  [[nodiscard]] MonoTime accept_began() const { return accept_began_; }
  [[nodiscard]] MonoTime accepted_at() const { return accepted_at_; }
  // Over TLS: the last step of its handshake.
  [[nodiscard]] std::optional<runtime::TlsStream::Secured> secured() const { return secured_; }
  // Of the last read: the moments before and after the call.
  [[nodiscard]] MonoTime read_began() const { return read_began_; }
  [[nodiscard]] MonoTime read_at() const { return read_at_; }

  // The next bytes from the client, in chunk() until the task waits.
  runtime::Task<bool> read();
  [[nodiscard]] wire::ByteView chunk() const { return chunk_; }
  void unread(std::size_t count);  // the chunk's last bytes; the next read() gives them again

  runtime::Task<bool> send(std::span<const std::byte> bytes, bool more = false);
  // As StreamSocket's. Over TLS, what was not taken must be given again next.
  [[nodiscard]] Result<std::size_t> send_now(std::span<const std::byte> bytes, bool more = false);
  [[nodiscard]] Result<std::size_t> send_now(std::span<std::span<const std::byte> const> parts);
  // Until the kernel takes more bytes, under the time-outs of a transfer.
  runtime::Task<> wait_writable();
  void begin_transfer();  // the time-outs of a transfer hold from now on
  void note_progress();   // the one for a stalled transfer begins anew
  void wait_unbounded();  // nothing is expected from the client for a while

  // A whole answer of plain text.
  runtime::Task<bool> send_text(wire::http::RequestHead const& request, int status,
                                std::string_view text, std::string_view extra_fields = {});
  // The fields that every head has: Date and, where it is not the version's default, Connection.
  void common_fields(std::string& out, wire::http::RequestHead const& request) const;
  // An empty string that keeps its memory from answer to answer.
  [[nodiscard]] std::string& scratch();
  // No further request is read after this answer.
  void close_after_answer() { keep_alive_ = false; }

 private:
  runtime::Task<bool> secure();
  runtime::Task<bool> read_head();
  runtime::Task<bool> refuse(Error error);
  runtime::Task<bool> answer(wire::http::RequestHead const& request);
  runtime::Task<> linger();
  void touch(Nanos allowance) { deadline_ = runtime::mono_now() + allowance; }

  ServerContext& context_;
  runtime::StreamSocket socket_;
  std::unique_ptr<runtime::TlsStream> tls_;  // depends-on: socket_; null for plain text
  runtime::Address peer_;
  MonoTime accept_began_;
  MonoTime accepted_at_;
  std::optional<runtime::TlsStream::Secured> secured_{};
  MonoTime read_began_{};
  MonoTime read_at_{};
  MonoTime deadline_{};
  MonoTime transfer_end_{};
  wire::http::RequestParser parser_;
  wire::ByteView chunk_;
  std::vector<std::byte> kept_;  // unread bytes, across a wait
  bool has_kept_ = false;
  bool drained_ = true;  // nothing was left to read: waiting comes before the next try
  bool keep_alive_ = true;
  bool linger_ = false;  // the client may still be sending what nobody will read
  std::string scratch_;
};

// GET and HEAD of /urandom/<bytes>.
runtime::Task<bool> answer_payload(ServerConnection& connection,
                                   wire::http::RequestHead const& request);
// POST /upload.
runtime::Task<bool> answer_upload(ServerConnection& connection,
                                  wire::http::RequestHead const& request);
// GET and HEAD of /page/…, POST /page/form/sink.
runtime::Task<bool> answer_page(ServerConnection& connection,
                                wire::http::RequestHead const& request);
// All else.
runtime::Task<bool> answer_route(ServerConnection& connection,
                                 wire::http::RequestHead const& request);

}  // namespace perfd::net
