// What the C API's renderer stands for. As HostedRenderer it belongs to its thread and context.
#pragma once

#include "embed/c_call.h"
#include "embed/hosted_renderer.h"

struct vitrine_renderer {
    std::unique_ptr<vitrine::HostedRenderer> renderer;
};
