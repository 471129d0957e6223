// /page/median: the median home page of the web, as a desktop browser loads it.
//
// Numbers and bytes are those of HTTP Archive's crawl of July 2025 (docs/measurement.md has the
// table). What waits for what:
//
//   document ─┬─ style1 ─┬─ style5 ── style6 ─┬─ font4
//             │          └─ font1, font2       └─ image11
//             ├─ style2 ── font3, image9, image10        style3, style4
//             ├─ script1, which blocks; scripts 2 to 8 when all is read; 9 to 12 when they are
//             there │    script2 ─┬─ script13 ─┬─ script15 ── script17 ── data1 ── image12 │ └─
//             script14  └─ script16 │    script3 ─┬─ script18 ── data2 … data10 │             └─
//             script19, script20 ┈ when all is loaded: data19, data20, media1, media2, image19 │
//             script9 ─┬─ script21 ── image13 … image16 │             └─ script22 ── data11 …
//             data18 ├─ image1 … image8 └─ frame1 ── style7, image17     frame2 ── style8, image18
#include <fmt/format.h>

#include <initializer_list>

#include "net/pages/noise.h"
#include "net/pages/pages.h"

namespace perfd::net {
namespace {

constexpr std::size_t kKiB = 1024;

std::string link_to(std::string_view name) {
  return fmt::format("/page/median/{}{}", name, kLoadPlace);
}

std::string head_of(std::string_view title) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" "
      "href=\"data:,\">\n",
      title);
}

std::string style_link(int number) {
  return fmt::format("<link rel=\"stylesheet\" href=\"{}\">\n",
                     link_to(fmt::format("style{}.css", number)));
}

std::string script_tag(int number, std::string_view how) {
  return fmt::format("<script src=\"{}\"{}></script>\n",
                     link_to(fmt::format("script{}.js", number)), how);
}

std::string image_tag(int number, int width, int height) {
  return fmt::format("<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"\">\n",
                     link_to(fmt::format("image{}.png", number)), width, height);
}

std::string median_document() {
  auto out = head_of("perfd: the median page");
  for (int style = 1; style <= 4; ++style) out += style_link(style);
  out += script_tag(1, "");
  for (int script = 2; script <= 8; ++script) out += script_tag(script, " defer");
  for (int script = 9; script <= 12; ++script) out += script_tag(script, " async");
  out +=
      "</head>\n<body>\n<nav class=\"menu\">one two three four five</nav>\n"
      "<h1>The median page</h1>\n<div class=\"banner\"></div><div class=\"side\"></div>\n" +
      image_tag(1, 960, 540);
  Noise noise("median");
  for (int article = 0; article < 40; ++article) {
    if (article % 6 == 1) out += image_tag(2 + article / 6, 320, 240);  // images 2 to 8
    out +=
        fmt::format("<article><h2>{}</h2><p>{}</p></article>\n", noise.words(3), noise.words(26));
  }
  for (int frame = 1; frame <= 2; ++frame)
    out += fmt::format("<iframe src=\"{}\" width=\"400\" height=\"200\"></iframe>\n",
                       link_to(fmt::format("frame{}.html", frame)));
  return out + "<footer class=\"foot\"><b>the end</b></footer>\n</body>\n</html>\n";
}

std::string frame_document(int number) {
  return head_of("frame") + style_link(6 + number) + "</head>\n<body>\n" +
         image_tag(16 + number, 160, 120) + "</body>\n</html>\n";
}
std::string frame1() { return frame_document(1); }
std::string frame2() { return frame_document(2); }

std::string import_rule(int number) {
  return fmt::format("@import url(\"{}\");\n", link_to(fmt::format("style{}.css", number)));
}
std::string font_rule(int number) {
  return fmt::format(
      "@font-face {{ font-family: \"face{0}\"; font-display: swap; src: url(\"{1}\") "
      "format(\"truetype\"); }}\n",
      number, link_to(fmt::format("font{}.ttf", number)));
}
std::string background(std::string_view selector, int number) {
  return fmt::format("{} {{ height: 120px; background: url(\"{}\"); }}\n", selector,
                     link_to(fmt::format("image{}.png", number)));
}

std::string style1() {
  return import_rule(5) + font_rule(1) + font_rule(2) +
         "body { margin: 1em; font: 16px/1.5 \"face1\", sans-serif; }\n"
         "h1, h2 { font-family: \"face2\", serif; }\n";
}
std::string style2() {
  return font_rule(3) + ".menu { font-family: \"face3\", sans-serif; }\n" +
         background(".banner", 9) + background(".side", 10);
}
std::string style3() { return "article { max-width: 40em; }\n"; }
std::string style4() { return "iframe { border: 0; }\n"; }
std::string style5() { return import_rule(6) + "p { margin: .5em 0; }\n"; }
std::string style6() {
  return font_rule(4) + ".foot b { font-family: \"face4\", sans-serif; }\n" +
         background(".foot", 11);
}
std::string style7() { return "img { border: 1px solid #888; }\n"; }
std::string style8() { return "img { border: 2px solid #888; }\n"; }

// Statements that load one thing more.
std::string add_script(int number) {
  return fmt::format(
      "(e => {{ e.src = \"{}\"; document.head.append(e); "
      "}})(document.createElement(\"script\"));\n",
      link_to(fmt::format("script{}.js", number)));
}
std::string add_image(int number) {
  return fmt::format(
      "(e => {{ e.src = \"{}\"; e.alt = \"\"; e.width = 160;\n"
      "  const place = () => document.body.append(e);\n"
      "  document.readyState === \"loading\" ? addEventListener(\"DOMContentLoaded\", place) : "
      "place();\n"
      "}})(new Image());\n",
      link_to(fmt::format("image{}.png", number)));
}
std::string fetch_data(std::string_view name, std::string_view then = "") {
  return fmt::format("fetch(\"{}\").then(a => a.arrayBuffer()).then(() => {{\n{}}});\n",
                     link_to(name), then);
}
std::string fetch_data(int from, int to) {
  std::string out;
  for (int number = from; number <= to; ++number)
    out += fetch_data(fmt::format("data{}.json", number));
  return out;
}

std::string script1() { return "document.documentElement.className = \"scripted\";\n"; }
std::string script2() { return add_script(13) + add_script(14); }
std::string script3() { return add_script(18) + add_script(19) + add_script(20); }
std::string script9() { return add_script(21) + add_script(22); }
std::string script13() { return add_script(15) + add_script(16); }
std::string script15() { return add_script(17); }
std::string script17() { return fetch_data("data1.json", add_image(12)); }
std::string script18() { return fetch_data(2, 10); }
std::string script20() {
  return "const late = () => {\n" + fetch_data(19, 20) + fetch_data("media1.bin") +
         fetch_data("media2.bin") + add_image(19) +
         "};\n"
         "document.readyState === \"complete\" ? late() : "
         "addEventListener(\"load\", () => setTimeout(late));\n";
}
std::string script21() { return add_image(13) + add_image(14) + add_image(15) + add_image(16); }
std::string script22() { return fetch_data(11, 18); }

constexpr PageSpec kMedian[] = {
    {"/page/median", PageKind::html, 18 * kKiB, median_document},
    {"/page/median/frame1.html", PageKind::html, 2 * kKiB, frame1},
    {"/page/median/frame2.html", PageKind::html, 2 * kKiB, frame2},

    {"/page/median/style1.css", PageKind::style, 30 * kKiB, style1},
    {"/page/median/style2.css", PageKind::style, 20 * kKiB, style2},
    {"/page/median/style3.css", PageKind::style, 12 * kKiB, style3},
    {"/page/median/style4.css", PageKind::style, 8 * kKiB, style4},
    {"/page/median/style5.css", PageKind::style, 5 * kKiB, style5},
    {"/page/median/style6.css", PageKind::style, 4 * kKiB, style6},
    {"/page/median/style7.css", PageKind::style, 2 * kKiB, style7},
    {"/page/median/style8.css", PageKind::style, 1 * kKiB, style8},

    {"/page/median/script1.js", PageKind::script, 32 * kKiB, script1},
    {"/page/median/script2.js", PageKind::script, 120 * kKiB, script2},
    {"/page/median/script3.js", PageKind::script, 64 * kKiB, script3},
    {"/page/median/script4.js", PageKind::script, 28 * kKiB, nullptr},
    {"/page/median/script5.js", PageKind::script, 20 * kKiB, nullptr},
    {"/page/median/script6.js", PageKind::script, 12 * kKiB, nullptr},
    {"/page/median/script7.js", PageKind::script, 6 * kKiB, nullptr},
    {"/page/median/script8.js", PageKind::script, 3 * kKiB, nullptr},
    {"/page/median/script9.js", PageKind::script, 90 * kKiB, script9},
    {"/page/median/script10.js", PageKind::script, 40 * kKiB, nullptr},
    {"/page/median/script11.js", PageKind::script, 5 * kKiB, nullptr},
    {"/page/median/script12.js", PageKind::script, 2 * kKiB, nullptr},
    {"/page/median/script13.js", PageKind::script, 160 * kKiB, script13},
    {"/page/median/script14.js", PageKind::script, 24 * kKiB, nullptr},
    {"/page/median/script15.js", PageKind::script, 16 * kKiB, script15},
    {"/page/median/script16.js", PageKind::script, 4 * kKiB, nullptr},
    {"/page/median/script17.js", PageKind::script, 2 * kKiB, script17},
    {"/page/median/script18.js", PageKind::script, 10 * kKiB, script18},
    {"/page/median/script19.js", PageKind::script, 1 * kKiB, nullptr},
    {"/page/median/script20.js", PageKind::script, 2 * kKiB, script20},
    {"/page/median/script21.js", PageKind::script, 48 * kKiB, script21},
    {"/page/median/script22.js", PageKind::script, 8 * kKiB, script22},

    {"/page/median/font1.ttf", PageKind::font, 48 * kKiB, nullptr},
    {"/page/median/font2.ttf", PageKind::font, 38 * kKiB, nullptr},
    {"/page/median/font3.ttf", PageKind::font, 30 * kKiB, nullptr},
    {"/page/median/font4.ttf", PageKind::font, 23 * kKiB, nullptr},

    {"/page/median/image1.png", PageKind::image, 320 * kKiB, nullptr},
    {"/page/median/image2.png", PageKind::image, 120 * kKiB, nullptr},
    {"/page/median/image3.png", PageKind::image, 72 * kKiB, nullptr},
    {"/page/median/image4.png", PageKind::image, 56 * kKiB, nullptr},
    {"/page/median/image5.png", PageKind::image, 40 * kKiB, nullptr},
    {"/page/median/image6.png", PageKind::image, 24 * kKiB, nullptr},
    {"/page/median/image7.png", PageKind::image, 12 * kKiB, nullptr},
    {"/page/median/image8.png", PageKind::image, 8 * kKiB, nullptr},
    {"/page/median/image9.png", PageKind::image, 90 * kKiB, nullptr},
    {"/page/median/image10.png", PageKind::image, 16 * kKiB, nullptr},
    {"/page/median/image11.png", PageKind::image, 6 * kKiB, nullptr},
    {"/page/median/image12.png", PageKind::image, 190 * kKiB, nullptr},
    {"/page/median/image13.png", PageKind::image, 48 * kKiB, nullptr},
    {"/page/median/image14.png", PageKind::image, 32 * kKiB, nullptr},
    {"/page/median/image15.png", PageKind::image, 8 * kKiB, nullptr},
    {"/page/median/image16.png", PageKind::image, 6 * kKiB, nullptr},
    {"/page/median/image17.png", PageKind::image, 4 * kKiB, nullptr},
    {"/page/median/image18.png", PageKind::image, 4 * kKiB, nullptr},
    {"/page/median/image19.png", PageKind::image, 2 * kKiB, nullptr},

    {"/page/median/data1.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data2.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data3.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data4.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data5.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data6.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data7.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data8.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data9.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data10.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data11.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data12.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data13.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data14.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data15.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data16.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data17.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data18.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data19.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/data20.json", PageKind::data, 4 * kKiB, nullptr},
    {"/page/median/media1.bin", PageKind::media, 392 * kKiB, nullptr},
    {"/page/median/media2.bin", PageKind::media, 392 * kKiB, nullptr},
};

}  // namespace

std::span<PageSpec const> median_page() { return kMedian; }

}  // namespace perfd::net
