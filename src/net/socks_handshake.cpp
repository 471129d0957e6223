#include "net/socks_handshake.h"

namespace perfd::net {
namespace {

using Phase = wire::socks::ClientHandshake::Phase;

void note_reply(wire::socks::ClientHandshake const& handshake, TransferTrace& trace) {
  if (auto const& reply = handshake.reply()) trace.socks_reply = static_cast<int>(reply->code);
}

// Writes what the handshake has to say now, and `early` behind the request.
runtime::Task<Result<>> speak(MeasuredSocket& socket, wire::socks::ClientHandshake& handshake,
                              std::span<const std::byte> early, TransferTrace& trace) {
  bool const request = handshake.phase() == Phase::kSendRequest;
  auto const output = handshake.output();
  std::vector<std::byte> message(output.begin(), output.end());
  if (request) message.insert(message.end(), early.begin(), early.end());
  auto const written = co_await socket.write(message);
  if (!written) co_return written.error();
  handshake.sent(output.size());
  if (!request) co_return Result<>{};
  // One call as a rule; of several, the parts' borders are not known.
  auto const mark = MeasuredSocket::Call{early.empty() ? written->last.begun : written->first.begun,
                                         written->last.ended}
                        .mark(trace.clock);
  trace.marks.set(model::mark::kRequest, mark);
  if (!early.empty()) trace.marks.set(model::mark::kDataRequest, mark);
  co_return Result<>{};
}

// Reads once, and gives the handshake what came.
runtime::Task<Result<>> listen(MeasuredSocket& socket, wire::socks::ClientHandshake& handshake,
                               bool early_sent, TransferTrace& trace) {
  auto const more = co_await socket.read();
  if (!more) co_return more.error();
  if (!*more) {
    auto error = handshake.end_of_input();
    note_reply(handshake, trace);
    co_return error;
  }
  // Behind early data the reply is answered with nothing that could take its acknowledgement
  // along. Nagle's algorithm in the proxy would hold the response back until the kernel sends
  // one of its own: up to 40 ms, which early data would seem to cost.
  if (early_sent) socket.acknowledge_now();
  auto const before = handshake.phase();
  auto const used = handshake.receive(socket.chunk());
  // A refusal is a reply, too: when it came tells how long tor tried.
  if (!used) {
    note_reply(handshake, trace);
    // More than the reply may have come, so that its end need not be the read's.
    if (handshake.reply()) trace.marks.set(model::mark::kResponse, socket.arrival(false));
    co_return used.error();
  }
  note_reply(handshake, trace);
  bool const all_used = *used == socket.chunk().size();
  if (before != Phase::kSendRequest && handshake.phase() == Phase::kSendRequest) {
    trace.marks.set(model::mark::kNegotiate, socket.arrival(all_used));
    trace.step = Step::socks_request;
  }
  if (handshake.done()) trace.marks.set(model::mark::kResponse, socket.arrival(all_used));
  socket.unread(socket.chunk().size() - *used);
  co_return Result<>{};
}

}  // namespace

runtime::Task<Result<>> socks_ask(MeasuredSocket& socket, wire::socks::ClientHandshake& handshake,
                                  std::span<const std::byte> early, TransferTrace& trace) {
  trace.step = Step::negotiate;
  // SOCKS 4 negotiates nothing: the moment comes at once.
  if (handshake.phase() == Phase::kSendRequest) {
    trace.mark_done(model::mark::kNegotiate, runtime::mono_now());
    trace.step = Step::socks_request;
  }
  while (handshake.phase() != Phase::kAwaitReply) {
    // Not `?:` with co_await: GCC 12 destroys its operands twice.
    Result<> done;
    if (handshake.output().empty())
      done = co_await listen(socket, handshake, false, trace);
    else
      done = co_await speak(socket, handshake, early, trace);
    if (!done) co_return done;
  }
  co_return Result<>{};
}

runtime::Task<Result<>> socks_await_reply(MeasuredSocket& socket,
                                          wire::socks::ClientHandshake& handshake, bool early_sent,
                                          TransferTrace& trace) {
  while (!handshake.done()) {
    if (auto heard = co_await listen(socket, handshake, early_sent, trace); !heard) co_return heard;
  }
  co_return Result<>{};
}

runtime::Task<Result<>> socks_handshake(MeasuredSocket& socket,
                                        wire::socks::ClientHandshake& handshake,
                                        std::span<const std::byte> early, TransferTrace& trace) {
  if (auto asked = co_await socks_ask(socket, handshake, early, trace); !asked) co_return asked;
  co_return co_await socks_await_reply(socket, handshake, !early.empty(), trace);
}

}  // namespace perfd::net
