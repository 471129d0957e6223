#include "net/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <iterator>
#include <new>
#include <stdexcept>

namespace perfd::net {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(evp); }
};

namespace {

// A failure of a digest that needs neither files nor keys is a broken library.
void require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 is not available from OpenSSL");
}

}  // namespace

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  if (context_->evp == nullptr) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> piece) {
  require(EVP_DigestUpdate(context_->evp, piece.data(), piece.size()));
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  require(EVP_DigestFinal_ex(context_->evp, digest.data(), &length));
  std::string out;
  for (unsigned i = 0; i < length; ++i)
    fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
  return out;
}

}  // namespace perfd::net
