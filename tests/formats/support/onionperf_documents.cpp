#include "formats/support/onionperf_documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "places.h"

namespace perfd::formats::test {

std::string document_text(std::string const& name) {
  std::ifstream in(perfd::test::data(name), std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

ReadDocument read_document(std::string_view text, std::size_t piece) {
  ReadDocument out;
  OnionPerfReader reader(
      {[&](model::Measurement&& m) { out.measurements.push_back(std::move(m)); },
       [&](std::string const&, OnionPerfCircuit&& c) { out.circuits.push_back(std::move(c)); },
       [&](std::string const&, model::Stream&& s) { out.streams.push_back(std::move(s)); }});
  for (; !text.empty() && out.error.empty(); text.remove_prefix(std::min(piece, text.size())))
    if (auto const fed = reader.feed(text.substr(0, piece)); !fed) out.error = fed.error().message;
  auto const end = reader.finish();
  if (!end) out.error = end.error().message;
  EXPECT_EQ(end ? *end : 0, out.measurements.size());
  out.head = reader.head();
  return out;
}

std::string changed(std::string text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace perfd::formats::test
