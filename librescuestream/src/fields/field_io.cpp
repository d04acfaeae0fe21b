#include "fields/field_io.hpp"

#include "fields/addresses.hpp"
#include "fields/check.hpp"
#include "json/object.hpp"

namespace rescuestream::fields {

using std::chrono::seconds;

void InputReader::operator()(const Field& field, std::optional<std::string>& text) const {
    text = body_.raw_text(field.name);
    Check(body_.validation(), now_)(field, text);
}

void InputReader::operator()(const Field& field, std::optional<Secret>& secret) const {
    if (auto text = body_.raw_text(field.name)) secret.emplace(*std::move(text));
    Check(body_.validation(), now_)(field, secret);
}

void InputReader::operator()(const Field& field, std::optional<Timestamp>& time) const {
    time = body_.future_time(field.name, now_);
}

void InputReader::operator()(const Field& field, std::optional<seconds>& length) const {
    length = body_.seconds(field.name, seconds(field.min), seconds(field.max));
}

void InputReader::operator()(const Field& field, std::optional<std::uint64_t>& bitrate) const {
    const auto given = body_.integer(field.name, field.min, field.max);
    if (given) bitrate = static_cast<std::uint64_t>(*given);
}

void InputReader::operator()(const Field& field, std::optional<std::uint32_t>& number) const {
    const auto given = body_.integer(field.name, field.min, field.max);
    if (given) number = static_cast<std::uint32_t>(*given);
}

void InputReader::operator()(const Field& field, std::optional<bool>& flag) const {
    flag = body_.boolean(field.name);
}

void InputReader::operator()(const Field& field, std::optional<JsonObject>& object) const {
    object = body_.object(field.name);
    Check(body_.validation(), now_)(field, object);
}

void InputReader::operator()(const Field& field,
                             std::optional<std::vector<AddressRange>>& ranges) const {
    ranges = body_.address_ranges(field.name, static_cast<std::size_t>(field.min),
                                  static_cast<std::size_t>(field.max));
}

void InputReader::operator()(const Field& field,
                             std::optional<std::vector<BroadcasterId>>& ids) const {
    ids = body_.list<BroadcasterId>(
        field.name, static_cast<std::size_t>(field.min), static_cast<std::size_t>(field.max),
        "must be an array of ids of broadcasters", "a UUID", BroadcasterId::parse);
}

void InputReader::operator()(const Field& field, std::optional<Scopes>& scopes) const {
    const auto given = body_.list<Scope>(
        field.name, static_cast<std::size_t>(field.min), static_cast<std::size_t>(field.max),
        "must be an array of scopes", "one of these: " + listed(enum_words<Scope>()),
        [](std::string_view name) { return parse_enum<Scope>(name); });
    if (!given) return;
    scopes.emplace();
    for (const Scope scope : *given) scopes->add(scope);
}

void InputReader::operator()(const Field& field, AddressPatch& addresses) const {
    const auto object = body_.object(field.name);
    if (!object) return;
    json::BodyReader members(object->text());
    for_each_field(addresses, InputReader(members, now_));
    body_.add_errors_of(field.name, members);
}

void InputReader::operator()(const Field& field, PublicAddresses& addresses) const {
    AddressPatch given;
    (*this)(field, given);
    addresses = changed_addresses(std::move(addresses), given);
}

void FieldWriter::operator()(const Field& field, const std::string& text) const {
    json::member(writer_, field.name, std::string_view(text));
}

void FieldWriter::operator()(const Field& field, Timestamp time) const {
    json::member(writer_, field.name, time);
}

void FieldWriter::operator()(const Field& field, seconds length) const {
    json::integer_member(writer_, field.name, length.count());
}

void FieldWriter::operator()(const Field& field, std::uint64_t bitrate) const {
    json::write(writer_, field.name);
    writer_.Uint64(bitrate);
}

void FieldWriter::operator()(const Field& field, std::uint32_t number) const {
    json::write(writer_, field.name);
    writer_.Uint(number);
}

void FieldWriter::operator()(const Field& field, bool flag) const {
    json::write(writer_, field.name);
    writer_.Bool(flag);
}

void FieldWriter::operator()(const Field& field, const JsonObject& object) const {
    json::raw_member(writer_, field.name, object.text());
}

void FieldWriter::operator()(const Field& field, const std::vector<AddressRange>& ranges) const {
    json::write(writer_, field.name);
    writer_.StartArray();
    for (const auto& range : ranges) json::write(writer_, range.text());
    writer_.EndArray();
}

void FieldWriter::operator()(const Field& field, const std::vector<BroadcasterId>& ids) const {
    json::write(writer_, field.name);
    writer_.StartArray();
    for (const auto& id : ids) json::write(writer_, id.to_string());
    writer_.EndArray();
}

void FieldWriter::operator()(const Field& field, Scopes scopes) const {
    json::write(writer_, field.name);
    writer_.StartArray();
    for (const Scope scope : scopes.all()) json::write(writer_, to_string(scope));
    writer_.EndArray();
}

void FieldWriter::operator()(const Field& field, const PublicAddresses& addresses) const {
    json::write(writer_, field.name);
    writer_.StartObject();
    for_each_field(addresses, *this);
    writer_.EndObject();
}

void FieldWriter::operator()(const Field& field, const AddressPatch& addresses) const {
    if (addresses.empty()) return;
    json::write(writer_, field.name);
    writer_.StartObject();
    for_each_field(addresses, *this);
    writer_.EndObject();
}

void BodyWriter::operator()(const Field& field, const Secret& secret) const {
    json::member(writer_, field.name, std::string_view(secret.reveal()));
}

void BodyWriter::operator()(const Field& field, const std::optional<Secret>& secret) const {
    if (secret) (*this)(field, *secret);
}

void FieldReader::operator()(const Field& field, std::optional<Timestamp>& time) const {
    time = json::read::optional_time(json_, field.name.data());
}

void FieldReader::operator()(const Field& field, std::optional<std::uint64_t>& bitrate) const {
    bitrate.reset();
    const char* const name = field.name.data();
    if (json::read::find(json_, name) != nullptr) bitrate = json::read::count(json_, name);
}

void FieldReader::operator()(const Field& field, std::optional<std::uint32_t>& number) const {
    number.reset();
    const char* const name = field.name.data();
    if (json::read::find(json_, name) == nullptr) return;
    const auto value = json::read::count(json_, name);
    if (value < static_cast<std::uint64_t>(field.min) ||
        value > static_cast<std::uint64_t>(field.max)) {
        json::read::fail(name, "is out of range");
    }
    number = static_cast<std::uint32_t>(value);
}

void FieldReader::operator()(const Field& field, std::optional<seconds>& length) const {
    length = json::read::optional_seconds(json_, field.name.data());
}

void FieldReader::operator()(const Field& field,
                             std::optional<std::vector<AddressRange>>& ranges) const {
    ranges.reset();
    if (json::read::find(json_, field.name.data()) != nullptr) (*this)(field, ranges.emplace());
}

void FieldReader::operator()(const Field& field, std::vector<AddressRange>& ranges) const {
    const char* const name = field.name.data();
    ranges.clear();
    for (const auto& item : json::read::array(json_, name).GetArray()) {
        auto range = AddressRange::parse(
            item.IsString() ? std::string_view(item.GetString(), item.GetStringLength()) : "");
        if (!range) json::read::fail(name, "holds something else than ranges of addresses");
        ranges.push_back(*range);
    }
}

void FieldReader::operator()(const Field& field, std::vector<BroadcasterId>& ids) const {
    const char* const name = field.name.data();
    ids.clear();
    for (const auto& text : json::read::texts(json_, name)) {
        const auto id = BroadcasterId::parse(text);
        if (!id) json::read::fail(name, "holds something else than ids");
        ids.push_back(*id);
    }
}

void FieldReader::operator()(const Field& field, Scopes& scopes) const {
    scopes = {};
    for (const auto& text : json::read::texts(json_, field.name.data())) {
        if (const auto scope = parse_enum<Scope>(text)) scopes.add(*scope);
    }
}

}  // namespace rescuestream::fields
