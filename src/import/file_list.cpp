#include "import/file_list.h"

#include <algorithm>
#include <array>
#include <map>
#include <system_error>

#include "base/text.h"
#include "formats/imported.h"

namespace perfd::import {
namespace {

constexpr std::array<std::string_view, 5> kOnionPerfFolders = {
    "tgen-client", "tgen-server", "tor-client", "tor-server", "log_archive"};

void sort_by_time(std::vector<FileToRead>& files) {
  std::stable_sort(files.begin(), files.end(), [](auto const& a, auto const& b) {
    return std::pair(a.first, a.place) < std::pair(b.first, b.place);
  });
}

std::string stem_of(std::string_view place) {
  auto const plain = without_compression(place);
  return std::string(plain.substr(0, plain.rfind('.')));
}

}  // namespace

WallTime first_time(std::string_view beginning) {
  while (!beginning.empty()) {
    auto const end = beginning.find('\n');
    auto const words = split(beginning.substr(0, std::min<std::size_t>(end, 64)), ' ');
    if (words.size() > 3)
      if (auto const time = formats::log_time(words[2])) return *time;
    if (end == std::string_view::npos) break;
    beginning.remove_prefix(end + 1);
  }
  return {};
}

std::string group_of(std::string_view place) {
  std::filesystem::path folder = std::filesystem::path(place).parent_path();
  while (std::ranges::find(kOnionPerfFolders, folder.filename().string()) !=
         kOnionPerfFolders.end())
    folder = folder.parent_path();
  return folder.lexically_normal().string();
}

std::vector<LogGroup> group_logs(std::vector<FileToRead> logs) {
  std::map<std::string, LogGroup> groups;
  for (auto& file : logs) {
    auto& group = groups[group_of(file.place)];
    (file.kind == FileKind::tgen_log ? group.tgen : group.torctl).push_back(std::move(file));
  }
  std::vector<LogGroup> out;
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  // One of each kind, wherever they lie: whoever names two logs means that they belong together.
  if (out.size() == 2 && out[0].tgen.empty() != out[1].tgen.empty() &&
      out[0].torctl.empty() != out[1].torctl.empty()) {
    auto& into = out[0];
    auto& from = out[1];
    into.tgen.insert(into.tgen.end(), from.tgen.begin(), from.tgen.end());
    into.torctl.insert(into.torctl.end(), from.torctl.begin(), from.torctl.end());
    out.pop_back();
  }
  for (auto& group : out) {
    sort_by_time(group.tgen);
    sort_by_time(group.torctl);
  }
  return out;
}

DataPairs pair_data(std::vector<FileToRead> files) {
  std::map<std::string, FileToRead> extra;
  for (auto& file : files)
    if (file.kind == FileKind::torperf_extradata) extra.emplace(stem_of(file.place), file);
  DataPairs out;
  for (auto& file : files) {
    if (file.kind != FileKind::torperf_data) continue;
    DataPair pair{std::move(file), std::nullopt};
    if (auto found = extra.extract(stem_of(pair.data.place)))
      pair.extradata = std::move(found.mapped());
    out.pairs.push_back(std::move(pair));
  }
  for (auto& [stem, file] : extra) out.alone.push_back(std::move(file));
  return out;
}

Result<std::vector<Listed>> list_files(std::vector<std::filesystem::path> const& given) {
  namespace fs = std::filesystem;
  std::vector<Listed> out;
  for (auto const& path : given) {
    std::error_code error;
    auto const status = fs::status(path, error);
    if (error || !fs::exists(status))
      return Error{path.string() + ": " + (error ? error.message() : "there is no such file")};
    if (!fs::is_directory(status)) {
      auto const size = fs::is_regular_file(status) ? fs::file_size(path, error) : 0;
      out.push_back({path, true, error ? 0 : static_cast<std::int64_t>(size)});
      continue;
    }
    std::vector<Listed> found;
    auto entry = fs::recursive_directory_iterator(
        path, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
      if (std::error_code ignored; entry->is_regular_file(ignored))
        found.push_back(
            {entry->path(), false, static_cast<std::int64_t>(entry->file_size(ignored))});
    if (error) return Error{path.string() + ": " + error.message()};
    std::sort(found.begin(), found.end(),
              [](auto const& a, auto const& b) { return a.path < b.path; });
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

}  // namespace perfd::import
