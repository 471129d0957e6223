// Rules of page loads: which page, of which server, and how.
#include "base/text.h"
#include "config/rules.h"

namespace perfd::config {

void Rules::page(Subject const& subject) {
  auto const& e = subject.e;
  if (e.kind != Kind::page) {
    if (e.target.kind == TargetKind::url && e.target.url.starts_with("https://"))
      report(subject, "target",
             "'" + printable(e.target.url, 120) +
                 "': https:// is for kind = \"page\"; perfd times other transfers over http:// "
                 "alone");
    if (!subject.arm.empty()) return;
    for (auto const* key : {"page", "https", "urls", "urls-top", "screenshot"})
      if (given(subject, key)) report(subject, key, "has an effect only with kind = \"page\"");
    return;
  }
  urls(subject);
  bool const own_server = e.target.kind != TargetKind::url && e.urls.empty();
  if (!own_server && given(subject, "page"))
    report(subject, "page", "has no effect with pages of other servers: leave it out");
  if (e.https && !own_server)
    report(subject, "https", "is for perfd's own server; a URL says by itself whether it is https");
  else if (e.https && e.target.kind != TargetKind::direct)
    report(subject, "https", "needs target = \"direct\": perfd's onion services speak http");
  else if (e.https && settings_.server.listen_tls.empty())
    report(subject, "https", "needs an address in server.listen-tls",
           {{"server", "", "listen-tls"}});
  if (!e.path.empty())
    report(subject, "path",
           "is not possible with kind = \"page\": a page takes several connections, and perfd "
           "attaches one stream to a circuit of its own");
}

void Rules::urls(Subject const& subject) {
  auto const& e = subject.e;
  if (e.urls.empty()) {
    if (given(subject, "urls-top")) report(subject, "urls-top", "has an effect only with urls");
    return;
  }
  if (e.target != Target{} || given(subject, "target"))
    report(subject, "target", "contradicts urls, which names the pages: leave one of them out",
           {{"experiment", e.name, "urls"}});
}

}  // namespace perfd::config
