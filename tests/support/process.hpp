#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rescuestream::testing {

/// How a child process is started.
struct ProcessOptions {
    /// Variables to set (or, when empty, to remove) in a copy of this process's environment.
    std::map<std::string, std::optional<std::string>> environment = {};
    std::string standard_input = {};     ///< Its complete standard input.
    std::string working_directory = {};  ///< Empty: this process's own.
};

/// A child process. Its output and errors go to files, so that it never waits for a reader.
///
/// The destructor kills it and waits for its end: no test leaves a program behind. Not for use from
/// several threads.
class Process {
public:
    /// `command[0]` is looked up in PATH. Throws std::runtime_error when it cannot be started.
    explicit Process(std::vector<std::string> command, const ProcessOptions& options = {});
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    ~Process();

    pid_t pid() const noexcept;
    bool is_running();
    void send_signal(int signal);
    /// SIGSTOP; returns when all its threads are stopped, which a signal alone does not
    /// guarantee.
    void freeze();
    /// Sends SIGCONT.
    void thaw();

    /// The exit code, or 128 + the signal that ended it; empty when it still runs after the
    /// timeout.
    std::optional<int> wait(std::chrono::milliseconds deadline);
    /// SIGTERM, and SIGKILL when it still runs after `limit`. The exit code as `wait` gives it.
    int stop(std::chrono::milliseconds limit = std::chrono::seconds(5));

    /// Its output so far.
    std::string output() const;
    std::string errors() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct ProcessResult {
    int exit_code = -1;
    std::string output;
    std::string errors;
};

/// Runs a program to its end. Throws std::runtime_error when it has not ended by the deadline.
ProcessResult run(std::vector<std::string> command, const ProcessOptions& options = {},
                  std::chrono::milliseconds deadline = std::chrono::seconds(30));

/// The file that `program` names: itself when it has a slash, else the first one in PATH; empty
/// when there is none that can be run.
std::optional<std::string> find_program(const std::string& program);

}  // namespace rescuestream::testing
