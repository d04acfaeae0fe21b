#include "bench/question_file.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rescuestream::bench {

QuestionFile::QuestionFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    text_.assign(std::istreambuf_iterator<char>(file), {});
    const char* at = text_.data();
    const char* const end = at + text_.size();
    while (at != end) {
        std::size_t length = 0;
        Question question;
        const auto after_length = std::from_chars(at, end, length);
        if (after_length.ptr == end || *after_length.ptr != ' ') break;
        const auto after_status = std::from_chars(after_length.ptr + 1, end, question.status);
        if (after_status.ptr == end || *after_status.ptr != '\n') break;
        at = after_status.ptr + 1;
        if (static_cast<std::size_t>(end - at) < length) break;
        question.bytes = {at, length};
        questions_.push_back(question);
        at += length;
    }
    if (at != end || questions_.empty()) throw std::runtime_error("not a question file: " + path);
}

}  // namespace rescuestream::bench
