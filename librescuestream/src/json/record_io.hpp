#pragma once

#include <string>
#include <utility>

#include "json/member_io.hpp"
#include "json/object.hpp"

namespace rescuestream::json {

/// What `describe(io, record)` writes.
template <class Record, class Describe>
std::string write_record(const Record& record, Describe describe) {
    return object([&](Writer& writer) {
        MemberWriter io(writer);
        describe(io, record);
    });
}

/// What `describe(io, record)` reads.
template <class Record, class Describe>
Record read_record(const rapidjson::Value& json, Describe describe) {
    Record record;
    MemberReader io(json);
    describe(io, record);
    return record;
}

}  // namespace rescuestream::json
