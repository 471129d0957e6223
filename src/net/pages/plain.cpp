// /page/plain: the least that is a page with all that a browser waits for.
#include "net/pages/noise.h"
#include "net/pages/pages.h"

namespace perfd::net {
namespace {

std::string plain_document() {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<title>perfd: a plain page</title>\n<link rel=\"icon\" href=\"data:,\">\n"
         "<link rel=\"stylesheet\" href=\"/page/plain/style1.css\x01\">\n</head>\n<body>\n"
         "<h1>A plain page</h1>\n"
         "<img src=\"/page/plain/image1.png\x01\" width=\"320\" height=\"240\" alt=\"\">\n<p>" +
         Noise("plain").words(120) + "</p>\n</body>\n</html>\n";
}

std::string plain_style() {
  return "body { margin: 2em; font: 16px/1.5 sans-serif; }\nimg { display: block; }\n";
}

constexpr PageSpec kPlain[] = {
    {"/page/plain", PageKind::html, 4 * 1024, plain_document},
    {"/page/plain/style1.css", PageKind::style, 4 * 1024, plain_style},
    {"/page/plain/image1.png", PageKind::image, 24 * 1024, nullptr},
};

}  // namespace

std::span<PageSpec const> plain_page() { return kPlain; }

}  // namespace perfd::net
