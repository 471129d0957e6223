#include "report/document.h"

#include "report/markup.h"
#include "report/style.h"

namespace perfd::report {
namespace {

// Should anything of a record ever stand here as markup, the browser still runs and fetches
// nothing.
constexpr std::string_view kPolicy =
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n";

}  // namespace

std::string html_document(std::string_view title, std::string_view more_css,
                          std::string_view body) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n";
  out += kPolicy;
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>";
  out += escaped(title);
  out += "</title>\n<style>";
  out += style_sheet();
  out += more_css;
  out += "</style>\n</head>\n<body>\n";
  out += body;
  return out + "</body>\n</html>\n";
}

}  // namespace perfd::report
