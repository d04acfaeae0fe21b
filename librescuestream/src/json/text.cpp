#include "rescuestream/json/text.hpp"

#include "json/writer.hpp"

namespace rescuestream {

std::string to_json(std::string_view text) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    json::write(writer, text);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace rescuestream
