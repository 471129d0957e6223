#include "lists/url_list.h"

#include <gmock/gmock.h>

namespace perfd::lists {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(UrlList, TakesUrlsDomainsAndRankedDomains) {
  auto const list = parse_url_list(
      "\xEF\xBB\xBF"
      "1,example.org\r\n"
      "2,\"WWW.Example.com\"\r\n"
      "\n"
      "# by hand\n"
      "example.net\n"
      "  http://example.org:8080/a,b?c=1,2  \n"
      "3,https://example.org/x,y\n"
      "4,example.edu,17,more\n"
      "5, example.info",
      100);
  ASSERT_TRUE(list.has_value()) << list.error().message;
  EXPECT_THAT(list->urls, ElementsAre("https://example.org/", "https://www.example.com/",
                                      "https://example.net/", "http://example.org:8080/a,b?c=1,2",
                                      "https://example.org/x,y", "https://example.edu/",
                                      "https://example.info/"));
  EXPECT_EQ(list->unusable, 0u);
}

TEST(UrlList, SkipsWhatNamesNoPageAndSaysWhereTheFirstIs) {
  auto const list = parse_url_list(
      "rank,domain\n1,example.org\nftp://example.org/\nhttp://user@example.org/\n"
      "http://aaaa.onion/\nhttps://" +
          std::string(3000, 'a') + ".org/\n2,example.com\n",
      100);
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(list->urls, ElementsAre("https://example.org/", "https://example.com/"));
  EXPECT_EQ(list->unusable, 5u);
  EXPECT_THAT(list->first_unusable, HasSubstr("line 1: 'rank,domain' is neither"));
}

TEST(UrlList, LooksNoFurtherThanTheTop) {
  auto const list = parse_url_list("a.org\nb.org\nnot a page\n", 2);
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(list->urls, ElementsAre("https://a.org/", "https://b.org/"));
  EXPECT_EQ(list->unusable, 0u);
}

TEST(UrlList, OfNoPageIsAnError) {
  EXPECT_EQ(parse_url_list("", 10).error().message, "has no lines");
  EXPECT_EQ(parse_url_list("\n# nothing\n", 10).error().message, "has no lines");
  EXPECT_THAT(parse_url_list("<html>\n", 10).error().message, HasSubstr("line 1: '<html>'"));
  EXPECT_THAT(parse_url_list(std::string("\0\xff\n", 3), 10).error().message,
              HasSubstr("line 1: '"));
}

}  // namespace
}  // namespace perfd::lists
