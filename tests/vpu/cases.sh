# The program on emulated devices: for the tests of this folder, which are called with its path, that of
# libvitrine_vpu and of a clip, and source this.
program=$1 library=$2 clip=$3
. "$(dirname "$0")/../support/cases.sh"

# on_device NAME PROFILE FAULT COMMAND...: as run_case, where the nodes of the profile are the only ones
# that there are.
on_device() {
    name=$1 profile=$2 fault=$3
    shift 3
    run_case "$name" env VITRINE_VPU_PROFILE="$profile" VITRINE_VPU_FAULT="$fault" LD_PRELOAD="$library" "$@"
}
