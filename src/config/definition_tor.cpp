// The keys of [tor.NAME].
#include <chrono>
#include <optional>

#include "config/definition.h"
#include "config/key_builder.h"
#include "config/limits.h"

namespace perfd::config {

using namespace std::chrono_literals;

NamedSection<Tor> tor_section() {
  auto const attached = [](Tor const& tor) { return tor.attach.has_value(); };
  auto const without_policy = [](Tor const& tor) {
    return tor.guards.policy == GuardPolicy::tor_default || tor.guards.policy == GuardPolicy::none;
  };
  return {
      "tor",
      "A tor process that perfd launches, or a running tor that it attaches to. Without any, "
      "there is one with the name `default` and the defaults below.",
      &Settings::tors,
      {key(&Tor::binary, {.name = "binary",
                          .about = "Path of the program, or a name that is looked up in PATH.",
                          .limit = {check_not_empty, {}},
                          .omit = attached}),
       key(&Tor::attach, {.name = "attach",
                          .about = "Control address of a running tor, `\"127.0.0.1:9051\"` or "
                                   "`\"unix:/run/tor/control\"`, in place of `binary`.",
                          .limit = {check_control_address, {}}}),
       key(&Tor::password,
           {.name = "password", .about = "Control password, with `attach`.", .secret = true}),
       key(&Tor::cookie, {.name = "cookie",
                          .about = "Path of the control cookie, with `attach`, if not the one that "
                                   "tor names."}),
       key(&Tor::torrc, {.name = "torrc",
                         .about = "Lines that are added to the torrc that perfd writes.",
                         .limit = {check_torrc, {}}}),
       key(&Tor::guards, {.name = "guards",
                          .about = "Which entry guards this tor uses: its own choice "
                                   "(`\"default\"`), none, or a policy of perfd.",
                          .limit = {check_guards, {}}}),
       key(&Tor::guard_count, {.name = "guard-count",
                               .about = "How many guards a policy of perfd sets at a time.",
                               .limit = between(1, 100),
                               .omit = without_policy}),
       key(&Tor::drop_guards,
           {.name = "drop-guards",
            .about = "How often tor forgets its guards and its circuit build time-out and begins "
                     "anew.",
            .default_text = "never",
            .limit = {[](std::optional<Micros> const& every) {
                        return every ? between(Micros{1s}, Micros{24h * 366}).check(*every)
                                     : Wrong{};
                      },
                      "from 1s to 366d"}}),
       key(&Tor::socks_ports,
           {.name = "socks-ports",
            .about = "How many SOCKS ports it has. Streams of different ports never share a "
                     "circuit.",
            .limit = between(1, 16),
            .omit = attached}),
       key(&Tor::single_onion,
           {.name = "single-onion",
            .about = "Whether this tor offers single onion services, which give up the server's "
                     "anonymity for a shorter way. Such a tor carries nothing else.",
            .omit = attached}),
       key(&Tor::onion_suffix,
           {.name = "onion-suffix",
            .about = "The end of onion addresses, which a fork of tor may have changed.",
            .limit = {check_suffix, {}}})}};
}

}  // namespace perfd::config
