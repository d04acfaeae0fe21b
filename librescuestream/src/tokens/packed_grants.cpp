#include "tokens/packed_grants.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "support/text_pool.hpp"

namespace rescuestream::tokens {
namespace {

// Which optional members a grant has.
constexpr std::uint64_t kHasViewer = 1;
constexpr std::uint64_t kHasIssueTime = 2;
constexpr std::uint64_t kHasBegin = 4;
constexpr std::uint64_t kHasSessions = 8;

// Numbers in groups of seven bits, the lowest first; all but the last have the highest bit.
class Packer {
public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
        text_ += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        text_ += value;
    }
    void time(Timestamp value) {
        number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
    }
    // A UUID takes 17 bytes.
    void id(const std::string& value) {
        const auto uuid = Uuid::parse(value);
        if (!uuid || uuid->to_string() != value) {
            number(value.size() + 1);
            text_ += value;
            return;
        }
        number(0);
        for (const auto byte : uuid->bytes()) text_ += static_cast<char>(byte);
    }

    std::string& packed() { return text_; }

private:
    std::string text_;
};

class Unpacker {
public:
    explicit Unpacker(const char* at) : at_(at) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at_++);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
    }
    std::string text() { return bytes(number()); }
    Timestamp time() {
        return Timestamp(Timestamp::duration(static_cast<Timestamp::rep>(number())));
    }
    std::string id() {
        const std::uint64_t size = number();
        if (size > 0) return bytes(size - 1);
        Uuid::Bytes uuid;
        for (auto& byte : uuid) byte = static_cast<std::uint8_t>(*at_++);
        return Uuid(uuid).to_string();
    }

private:
    std::string bytes(std::uint64_t size) {
        const char* const begin = std::exchange(at_, at_ + size);
        return {begin, at_};
    }

    const char* at_;
};

void pack_shared(Packer& packer, const PlaybackGrant& grant) {
    packer.text(grant.issuer);
    packer.text(grant.key_id);
    packer.text(grant.owner);
    packer.number(static_cast<std::uint64_t>(grant.owner_sessions.value_or(0)));
    packer.number(grant.paths.size());
    for (const auto& path : grant.paths) packer.text(path);
    packer.number(grant.addresses.size());
    for (const auto& range : grant.addresses) packer.text(range.text());
    packer.number(grant.protocols.size());
    for (const auto protocol : grant.protocols) {
        packer.number(static_cast<std::uint64_t>(protocol));
    }
}

void unpack_shared(Unpacker& unpacker, PlaybackGrant& grant) {
    grant.issuer = unpacker.text();
    grant.key_id = unpacker.text();
    grant.owner = unpacker.text();
    if (const auto most = unpacker.number()) {
        grant.owner_sessions = static_cast<std::int64_t>(most);
    }
    grant.paths.resize(unpacker.number());
    for (auto& path : grant.paths) path = unpacker.text();
    for (auto left = unpacker.number(); left > 0; --left) {
        if (auto range = AddressRange::parse(unpacker.text())) grant.addresses.push_back(*range);
    }
    for (auto left = unpacker.number(); left > 0; --left) {
        grant.protocols.push_back(static_cast<Protocol>(unpacker.number()));
    }
}

void pack_own(Packer& packer, const PlaybackGrant& grant) {
    packer.time(grant.expires_at);
    packer.number((grant.viewer_id ? kHasViewer : 0) | (grant.issued_at ? kHasIssueTime : 0) |
                  (grant.not_before ? kHasBegin : 0) | (grant.max_sessions ? kHasSessions : 0));
    packer.id(grant.id);
    if (grant.viewer_id) packer.text(*grant.viewer_id);
    if (grant.issued_at) packer.time(*grant.issued_at);
    if (grant.not_before) packer.time(*grant.not_before);
    if (grant.max_sessions) packer.number(static_cast<std::uint64_t>(*grant.max_sessions));
}

void unpack_own(Unpacker& unpacker, PlaybackGrant& grant) {
    grant.expires_at = unpacker.time();
    const std::uint64_t has = unpacker.number();
    grant.id = unpacker.id();
    if ((has & kHasViewer) != 0) grant.viewer_id = unpacker.text();
    if ((has & kHasIssueTime) != 0) grant.issued_at = unpacker.time();
    if ((has & kHasBegin) != 0) grant.not_before = unpacker.time();
    if ((has & kHasSessions) != 0) {
        grant.max_sessions = static_cast<std::int64_t>(unpacker.number());
    }
}

}  // namespace

PackedGrants::PackedGrants(const std::vector<PlaybackGrant>& grants, TextPool& pool) {
    if (grants.empty()) return;
    Packer shared;
    Packer own;
    own.number(grants.size());
    for (const auto& grant : grants) {
        pack_shared(shared, grant);
        pack_own(own, grant);
    }
    auto bytes = std::make_unique<char[]>(own.packed().size());
    std::copy(own.packed().begin(), own.packed().end(), bytes.get());
    own_ = std::move(bytes);
    shared_ = pool.hold(std::move(shared.packed()));
}

Timestamp PackedGrants::first_expiry() const {
    Unpacker own(own_.get());
    (void)own.number();  // how many there are
    return own.time();
}

std::vector<PlaybackGrant> PackedGrants::grants() const {
    if (empty()) return {};
    Unpacker shared(shared_->data());
    Unpacker own(own_.get());
    std::vector<PlaybackGrant> grants(own.number());
    for (auto& grant : grants) {
        unpack_shared(shared, grant);
        unpack_own(own, grant);
    }
    return grants;
}

void PackedGrants::release(TextPool& pool) {
    pool.release(std::exchange(shared_, nullptr));
    own_.reset();
}

}  // namespace rescuestream::tokens
