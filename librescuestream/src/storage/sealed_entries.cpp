#include "storage/sealed_entries.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kId = 16;
constexpr std::size_t kDigest = 32;
constexpr std::size_t kEach = kId + kDigest;

}  // namespace

std::string write_sealed_entries(const std::vector<SealedEntry>& entries) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(entries.size() * kEach);
    for (const auto& entry : entries) {
        const auto& id = entry.id.uuid().bytes();
        bytes.insert(bytes.end(), id.begin(), id.end());
        bytes.insert(bytes.end(), entry.digest.begin(), entry.digest.end());
    }
    return base64url_encode(bytes);
}

std::vector<SealedEntry> read_sealed_entries(std::string_view text) {
    const auto bytes = base64url_decode(text);
    std::vector<SealedEntry> entries;
    if (!bytes) return entries;
    entries.reserve(bytes->size() / kEach);
    for (std::size_t at = 0; at + kEach <= bytes->size(); at += kEach) {
        Uuid::Bytes id{};
        SealedEntry entry;
        const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes->data()) + at;
        std::copy_n(begin, kId, id.begin());
        std::copy_n(begin + kId, kDigest, entry.digest.begin());
        entry.id = AuditEntryId(Uuid(id));
        entries.push_back(entry);
    }
    return entries;
}

}  // namespace rescuestream
