// /page/form?size=BYTES: an upload by a browser.
//
// Without more it posts the bytes as a body of exactly that size by fetch() and shows what the
// server tells, all within one load. With submit=form it submits a form with a file of that size,
// as a person does, once it is loaded: a navigation, whose body is longer by the form's frame.
#include "net/pages/pages.h"

namespace perfd::net {
namespace {

std::string form_document() {
  return R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>perfd: sending</title>
<link rel="icon" href="data:,">
</head>
<body>
<form method="post" enctype="multipart/form-data"><input type="file" name="file"></form>
<p id="result">Sending …</p>
<script>
const query = new URLSearchParams(location.search);
const size = Number(query.get("size"));
const bytes = new Uint8Array(size);
const most = 65536;  // that the generator gives at a time
for (let at = 0; at < size; at += most)
  crypto.getRandomValues(bytes.subarray(at, Math.min(at + most, size)));
const sink = "/page/form/sink" + location.search;

function submitForm() {
  const files = new DataTransfer();
  files.items.add(new File([bytes], "random.bin"));
  const form = document.forms[0];
  form.elements.file.files = files.files;
  form.action = sink;
  form.submit();
}

async function post() {
  const type = { "Content-Type": "application/octet-stream" };
  const answer = await fetch(sink, { method: "POST", headers: type, body: bytes });
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = answer.ok ? shown.title : "perfd: refused";
  document.body.replaceChildren(...shown.body.childNodes);
}

if (query.get("submit") === "form") addEventListener("load", () => setTimeout(submitForm));
else post().catch(error => { document.title = "perfd: failed"; result.textContent = error; });
</script>
</body>
</html>
)";
}

constexpr PageSpec kForm[] = {{kFormPage, PageKind::html, 4 * 1024, form_document}};

}  // namespace

std::span<PageSpec const> form_page() { return kForm; }

}  // namespace perfd::net
