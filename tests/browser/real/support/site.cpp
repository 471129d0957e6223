#include "browser/real/support/site.h"

#include "base/text.h"
#include "runtime/timer.h"

namespace perfd::browser::test {
namespace {

struct Page {
  std::string type = "text/html; charset=utf-8";
  std::string body{};
  std::string status = "200 OK";
  std::string fields{};
};

std::string picture() {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"200\">"
         "<rect width=\"300\" height=\"200\" fill=\"teal\"/></svg>";
}

Page page_of(std::string_view path) {
  if (path == "/")
    return {.body =
                "<!doctype html><title>Every \xc3\xa4 part</title>"
                "<link rel=stylesheet href=/style.css><script src=/slow.js></script>"
                "<h1>Everything</h1><img src=/old.svg><img src=/missing.svg>"
                // Port 4 is of nobody, and not of those that Firefox itself refuses.
                "<img src=http://127.0.0.1:4/refused.svg>"
                "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">"
                "<iframe src=/frame></iframe>"};
  if (path == "/frame") return {.body = "<!doctype html><p>A frame<img src=/inner.svg>"};
  if (path == "/style.css") return {.type = "text/css; charset=utf-8", .body = "h1{color:teal}"};
  if (path == "/slow.js")
    return {.type = "text/javascript; charset=utf-8",
            .body = "fetch('/data.json',{method:'POST',body:'x'.repeat(" + std::to_string(kPosted) +
                    ")})"};
  if (path == "/data.json") return {.type = "application/json", .body = "{}"};
  if (path == "/old.svg") return {.status = "302 Found", .fields = "Location: /new.svg\r\n"};
  if (path == "/moved") return {.status = "302 Found", .fields = "Location: /gone\r\n"};
  if (path == "/new.svg" || path == "/inner.svg")
    return {.type = "image/svg+xml", .body = picture()};
  if (path == "/plain") return {.body = "<!doctype html><title>Plain</title><p>Plain text"};
  if (path == "/endless")
    return {.body = "<!doctype html><title>Endless</title><p>Text<img src=/silent>"};
  if (path == "/alert")
    return {.body = "<!doctype html><title>Alert</title><script>alert('Well?')</script><p>Text"};
  if (path == "/busy")
    return {.body =
                "<!doctype html><title>Busy</title><p>Text"
                "<script>addEventListener('load',()=>setTimeout(()=>{for(;;);}))</script>"};
  return {.type = "text/plain", .body = "no", .status = "404 Not Found"};
}

}  // namespace

Site::Site(runtime::Loop& loop)
    : peer_(loop, [this](runtime::StreamSocket client) { return serve(std::move(client)); }) {}

std::string Site::url(std::string_view path) const {
  return "http://" + peer_.address().text() + std::string(path);
}

namespace {
runtime::Task<> skip(runtime::StreamSocket& client, std::size_t bytes) {
  std::vector<std::byte> buffer(4096);
  while (bytes > 0) {
    auto const n =
        co_await client.read_some(std::span(buffer).first(std::min(bytes, buffer.size())));
    if (!n || *n == 0) co_return;
    bytes -= *n;
  }
}
}  // namespace

runtime::Task<> Site::serve(runtime::StreamSocket client) {
  (void)client.set_no_delay();
  for (;;) {
    auto const head = co_await net::test::read_until(client, "\r\n\r\n");
    auto const words = split(std::string_view(head).substr(0, head.find('\r')), ' ');
    if (words.size() != 3) co_return;
    auto const path = std::string(words[1]);
    // What is posted is read whole.
    for (std::string_view const line : split(head, '\n'))
      if (equals_ignoring_case(line.substr(0, line.find(':')), "Content-Length"))
        co_await skip(client, parse_int<std::size_t>(trim(line.substr(15))).value_or(0));
    asked_.push_back(path);
    if (auto const handler = handlers_.find(path); handler != handlers_.end()) handler->second();
    if (path == "/close") co_return;
    if (path == "/silent") co_return co_await net::test::drain(client);
    if (path == "/slow.js") co_await runtime::sleep_for(kSlowScript);
    auto const page = page_of(path);
    co_await net::test::send_text(
        client, "HTTP/1.1 " + page.status + "\r\nContent-Type: " + page.type +
                    "\r\nContent-Length: " + std::to_string(page.body.size()) +
                    "\r\nCache-Control: max-age=600\r\n" + page.fields + "\r\n" + page.body);
  }
}

}  // namespace perfd::browser::test
