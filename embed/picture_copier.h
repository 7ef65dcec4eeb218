// Draws pictures into the CPU's memory, with the importers and shaders that the screen gets them
// by. The thread and the GL context for it are made for the first picture, and kept. Thread-safe;
// one picture at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "core/result.h"
#include "embed/picture_board.h"
#include "render/output.h"

namespace vitrine {

class PictureCopier {
  public:
    PictureCopier();
    ~PictureCopier();  // nobody may be copying
    PictureCopier(const PictureCopier&) = delete;
    PictureCopier& operator=(const PictureCopier&) = delete;

    /// Its visible part, upright, stretched to that size in pixels. Waits for its turn and for the
    /// GPU. Errors: unsupported where there is no GL, or where it cannot bring this picture to the
    /// GPU or draw so large; device_lost: the next call makes the context anew.
    [[nodiscard]] Result<Picture> copy(PictureBoard::Posted picture, Size size);

  private:
    struct Gl;
    struct Job {
        PictureBoard::Posted picture;
        Size size;
        std::promise<Result<Picture>> done;
    };
    void run();
    [[nodiscard]] Result<Picture> draw(const Job& job);

    std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Job> jobs_;  // at most one for each thread that waits
    bool over_ = false;
    std::thread thread_;      // under the mutex until it is over
    std::unique_ptr<Gl> gl_;  // the thread's
};

}  // namespace vitrine
