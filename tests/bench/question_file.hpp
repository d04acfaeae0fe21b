#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rescuestream::bench {

/// The bytes of one request, and the status that the right answer has.
struct Question {
    std::string_view bytes;
    int status = 0;  ///< 0: any status is right.
};

/// Requests that were prepared in advance, so that sending them costs nothing but system calls.
/// The file holds for each: "<length> <status>\n", then that many bytes.
class QuestionFile {
public:
    /// Throws std::runtime_error when the file cannot be read or is not of that form.
    explicit QuestionFile(const std::string& path);

    /// They point into this object.
    const std::vector<Question>& questions() const { return questions_; }

private:
    std::string text_;
    std::vector<Question> questions_;
};

}  // namespace rescuestream::bench
