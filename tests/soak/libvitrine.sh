#!/bin/bash
# Makes, uses and destroys players and renderers of libvitrine many times over, with and without sound,
# and watches the process meanwhile: nothing may grow.
# Usage: libvitrine.sh PROGRAM GL_OBJECTS CLIPS ROUNDS
set -u
# shellcheck source-path=SCRIPTDIR source=watch.sh
. "$(dirname "$0")/watch.sh"

export SDL_AUDIODRIVER=dummy
watched libvitrine "$2" "$1" "$4" "$3/second.mp4" "$3/sound.mp4"
exit $failed
