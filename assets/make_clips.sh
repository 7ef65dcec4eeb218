#!/usr/bin/env bash
# Makes the clips of this folder, and with --tests DIR those that the tests need, from ffmpeg's own
# sources. Nothing is downloaded. README.md in this folder says what each of them is.
set -euo pipefail

readonly here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

usage() {
    echo "usage: make_clips.sh            makes demo.mp4 and numbered.mp4 again, in this folder"
    echo "       make_clips.sh --tests DIR  makes the clips of the tests in DIR, unless they are newer"
}

run_ffmpeg() { ffmpeg -hide_banner -nostdin -loglevel error -y "$@"; }

# Not `ffmpeg | grep -q`: grep leaves early, ffmpeg dies of SIGPIPE, and pipefail takes it for a no.
encoders="$(ffmpeg -hide_banner -encoders 2>/dev/null || true)"
readonly encoders
has_encoder() { grep -q " $1 " <<<"$encoders"; }

# The H.264 encoder, or what there is in its place.
h264_options() {
    if has_encoder libx264; then echo "-c:v libx264 -threads 2"; else echo "-c:v mpeg4 -q:v 5"; fi
}

# A filter that paints the frame's number n into 16 cells across the top eighth of the picture.
number_cells() {
    local filter="drawbox=x=0:y=0:w=iw:h=ih/8:color=black:t=fill" parity="0" bit
    filter+=",$(white_cell 0 1)"
    for bit in 0 1 2 3 4 5 6 7 8 9 10 11; do
        local value="mod(floor(n/$((1 << bit))),2)"
        filter+=",$(white_cell $((13 - bit)) "$value")"
        parity+="+$value"
    done
    filter+=",$(white_cell 14 "mod($parity,2)"),$(white_cell 15 "not(mod($parity,2))")"
    echo "$filter"
}
white_cell() { echo "drawbox=x=iw*$1/16:y=0:w=iw/16:h=ih/8:color=white:t=fill:enable='$2'"; }

# numbered SIZE FRAMES [RATE]: a source of that many numbered frames, at 25 Hz if not said.
numbered() {
    echo "testsrc2=size=$1:rate=${3-25},trim=end_frame=$2,$(number_cells),scale=out_color_matrix=bt709:out_range=tv"
}
readonly bt709="-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"

# A test card with running digits that swings to and fro before slow colors.
demo_picture() {
    echo "gradients=size=1280x720:rate=30:speed=0.03:nb_colors=4:seed=5[far];
        testsrc2=size=640x360:rate=30[near];
        [far][near]overlay=x='320+240*sin(t*1.26)':y=180,scale=out_color_matrix=bt709:out_range=tv"
}

make_assets() {
    # shellcheck disable=SC2046,SC2086  # lists of options
    run_ffmpeg -f lavfi -i "$(demo_picture)" \
        -f lavfi -i "sine=frequency=330:beep_factor=4:sample_rate=48000" -t 5 \
        $(h264_options) -crf 27 -preset slow -pix_fmt yuv420p $bt709 \
        -c:a aac -b:a 64k -movflags +faststart -bitexact "$here/demo.mp4"
    # shellcheck disable=SC2046,SC2086
    run_ffmpeg -f lavfi -i "$(numbered 640x360 250)" $(h264_options) -crf 32 -bf 3 -g 50 \
        -preset slow -pix_fmt yuv420p $bt709 -movflags +faststart -bitexact "$here/numbered.mp4"
}

# can_make NAME ENCODER
can_make() {
    has_encoder "$2" && return
    echo "left out: $1 (this ffmpeg has no $2)"
    [[ ${CI-} != true ]] || exit 1
    return 1
}

# clip NAME ENCODER OPTIONS...: 50 numbered frames of 320x180, unless the encoder is missing. In CI
# none may be, for a test without its clip is skipped.
clip() {
    local name="$1" encoder="$2"
    shift 2
    can_make "$name" "$encoder" || return 0
    run_ffmpeg -f lavfi -i "$(numbered 320x180 50)" -c:v "$encoder" -threads 2 "$@" "$out/$name"
}

make_codecs() {
    clip h264.mp4 libx264 -pix_fmt yuv420p -bf 3 -g 25 -movflags +faststart
    clip h265.mp4 libx265 -pix_fmt yuv420p -x265-params log-level=error -preset fast
    clip vp9.webm libvpx-vp9 -pix_fmt yuv420p -deadline realtime -cpu-used 8
    clip vp8.webm libvpx -pix_fmt yuv420p -deadline realtime -cpu-used 8
    clip av1.mp4 libaom-av1 -pix_fmt yuv420p -cpu-used 8 -usage realtime
    clip mpeg2.ts mpeg2video -pix_fmt yuv420p -q:v 4 -bf 2
    clip mpeg4.avi mpeg4 -q:v 4 -bf 2
    clip mjpeg.avi mjpeg -pix_fmt yuvj420p -q:v 4
}

make_formats() {
    clip h264_10bit.mp4 libx264 -pix_fmt yuv420p10le
    clip h265_10bit.mp4 libx265 -pix_fmt yuv420p10le -x265-params log-level=error -preset fast
    clip h264_yuv444.mp4 libx264 -pix_fmt yuv444p
    clip h264_yuv422_10bit.mp4 libx264 -pix_fmt yuv422p10le
    clip ffv1_gray.mkv ffv1 -pix_fmt gray
    clip ffv1_bgr0.mkv ffv1 -pix_fmt bgr0
    clip raw_yuyv.nut rawvideo -pix_fmt yuyv422
    clip raw_nv12.nut rawvideo -pix_fmt nv12
    clip h264_sar43.mp4 libx264 -pix_fmt yuv420p -vf setsar=4/3
    clip vp9_odd_size.webm libvpx-vp9 -pix_fmt yuv420p -deadline realtime -cpu-used 8 \
        -vf scale=319:179,setsar=1
}

make_timestamps() {
    clip vfr.mkv libx264 -pix_fmt yuv420p -fps_mode vfr -vf "setpts='(N*40+15*mod(N,3))/1000/TB'"
    clip no_stamps.h264 libx264 -pix_fmt yuv420p -bf 2
    # 33 bits of 90 kHz are over after 95443.7 s: one second in.
    clip wraps.ts libx264 -pix_fmt yuv420p -bf 2 -muxdelay 0 -output_ts_offset 95442.7
    clip negative_stamps.mkv mpeg4 -q:v 4 -output_ts_offset -0.5 -avoid_negative_ts disabled
    # Copied from inside a group of pictures: what is before the cut is hidden by an edit list.
    from_h264 edit_list.mp4 -ss 0.5 -c copy
}

# from_h264 NAME OPTIONS...: a clip made of h264.mp4. A leading -ss is an input option.
from_h264() {
    local name="$1" before=()
    shift
    [[ -f $out/h264.mp4 ]] || return 0
    if [[ $1 == -ss ]]; then
        before=(-ss "$2")
        shift 2
    fi
    run_ffmpeg "${before[@]}" -i "$out/h264.mp4" "$@" "$out/$name"
}

# set_matrix NAME NINE_NUMBERS: h264.mp4 with another display matrix (ISO/IEC 14496-12, tkhd). Written
# into the file, for which way ffmpeg's own options turn has changed between its versions.
set_matrix() {
    local name="$1"
    shift
    matrix="$*" perl -0777 -pe 'my $new = pack("l>9", split(" ", $ENV{matrix}));
        my $one = "\x00\x01\x00\x00";
        s/(tkhd.{0,60}?)$one\0{12}$one\0{12}\x40\0\0\0/$1$new/s or die "no matrix found"' \
        "$out/h264.mp4" >"$out/$name"
}

make_geometry() {
    [[ -f $out/h264.mp4 ]] || return 0
    # To be shown turned clockwise by 90 degrees, and mirrored left to right.
    set_matrix rotated_90.mp4 0 65536 0 -65536 0 0 11796480 0 1073741824
    set_matrix mirrored.mp4 -65536 0 0 0 65536 0 20971520 0 1073741824
    clip small.h264 libx264 -pix_fmt yuv420p -vf scale=192:108
    from_h264 large.h264 -c copy -bsf:v h264_mp4toannexb
    cat "$out/large.h264" "$out/small.h264" >"$out/resized.h264"
    clip too_wide.h264 libx264 -pix_fmt yuv420p -vf scale=2048:64 -frames:v 10 -preset ultrafast
    # That nobody says a matrix is the point of it.
    clip hd.h264 libx264 -pix_fmt yuv420p -vf scale=1280:720 -frames:v 10 -preset ultrafast \
        -bsf:v h264_metadata=matrix_coefficients=2
    cat "$out/small.h264" "$out/hd.h264" >"$out/grown.h264"
    make_changes
}

# Small pictures, and then noise, of which each takes more than a megabyte; a stream that has ten bits
# for a while; and one whose headers change in its container, as where a live one is taken over.
make_changes() {
    has_encoder libx264 || return 0
    run_ffmpeg -f lavfi -i "color=gray:size=1280x720:rate=25,noise=alls=100:allf=t,format=yuv420p" \
        -frames:v 4 -c:v libx264 -threads 2 -preset ultrafast -qp 4 -g 2 "$out/noise.h264"
    cat "$out/small.h264" "$out/noise.h264" >"$out/swollen.h264"
    rm "$out/noise.h264"
    clip first.flv libx264 -pix_fmt yuv420p -bf 0
    clip second.flv libx264 -pix_fmt yuv420p -bf 0 -g 10 -vf scale=640:360 -output_ts_offset 2
    run_ffmpeg -i "$out/h264_10bit.mp4" -c copy -bsf:v h264_mp4toannexb "$out/ten.h264"
    cat "$out/large.h264" "$out/ten.h264" "$out/large.h264" >"$out/deeper.h264"
    rm "$out/ten.h264"
    # Behind the header of the file and the size of no tag before the first.
    { cat "$out/first.flv" && tail -c +14 "$out/second.flv"; } >"$out/joined.flv"
    rm "$out/first.flv" "$out/second.flv"
}

# A clip whose sequence parameter set ends before its bitstream restrictions (H.264 E.1.1), so that
# nothing tells how many pictures are reordered, as some encoders have it. B frames are references too,
# which makes it two.
make_unsaid_reorder() {
    local name="$out/unsaid_reorder.h264" bit
    clip unsaid_reorder.h264 libx264 -pix_fmt yuv420p -bf 3 -b_strategy 0 -x264-params b-pyramid=normal
    [[ -f $name ]] || return 0
    bit=$(ffmpeg -hide_banner -nostdin -i "$name" -c copy -bsf:v trace_headers -f null - 2>&1 |
        sed -n 's/.*\] *\([0-9]*\) *bitstream_restriction_flag .*/\1/p' | sort -u)
    bit="$bit" perl -0777 -i -pe 'BEGIN { die "no such flag found" unless $ENV{bit} =~ /^\d+$/ }
        sub cut {
            (my $set = shift) =~ s/\0\0\x03/\0\0/g;
            $set = pack("B*", substr(unpack("B*", $set), 0, $ENV{bit}) . "01");
            $set =~ s/\0\0(?=[\0-\x03])/\0\0\x03/g;
            return $set;
        }
        s/(?<=\0\0\x01)(\x67.*?)(?=\0\0\0?\x01)/cut($1)/seg or die "no parameter set found"' "$name"
}

# Long enough to seek in by minutes, and small.
make_long() {
    # shellcheck disable=SC2046
    run_ffmpeg -f lavfi -i "$(numbered 64x36 1000 5)" $(h264_options) -g 25 -pix_fmt yuv420p \
        -movflags +faststart "$out/long.mp4"
}

# Two seconds of a tone; the encoder adds to it to fill its last frame.
make_sound() {
    [[ -f $out/h264.mp4 ]] || return 0
    tone sound.mp4 aac h264.mp4 0
    run_ffmpeg -i "$out/sound.mp4" -c copy "$out/sound.flv"
    run_ffmpeg -i "$out/sound.mp4" -c copy "$out/sound.ts"
    tone sound_opus.mp4 libopus h264.mp4 0
    tone sound_mp3.mkv libmp3lame h264.mp4 0
    [[ -f $out/vp8.webm ]] || return 0
    # Later by what the encoder puts before it, so that sound and pictures begin at once in the file.
    tone sound_opus.webm libopus vp8.webm 0.0065
    tone sound_vorbis.webm libvorbis vp8.webm 0
}

# tone NAME ENCODER PICTURES LATER: PICTURES with the tone, so many seconds later.
tone() {
    can_make "$1" "$2" || return 0
    run_ffmpeg -i "$out/$3" -itsoffset "$4" \
        -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=2" \
        -c:v copy -c:a "$2" -b:a 64k "$out/$1"
}

# counted FIRST: a second of sound at 48 kHz of which each sample tells its number, 30000 * right + left
# in units of 1/32768: from 30000 * FIRST + 1 on. None is silent, and 16 bits hold them exactly.
counted() {
    echo "aevalsrc=exprs='(mod(n,30000)+1)/32768|(floor(n/30000)+$1)/32768:s=48000:d=1:c=stereo'"
}

# A second each of numbered frames and counted samples; other codecs in each, and sound without loss.
make_counted() {
    has_encoder libx264 || return 0
    run_ffmpeg -f lavfi -i "$(numbered 192x108 25)" -f lavfi -i "$(counted 1)" -c:v libx264 -threads 2 \
        -pix_fmt yuv420p -bf 2 -c:a flac -sample_fmt s16 "$out/counted_flac.mkv"
    run_ffmpeg -f lavfi -i "$(numbered 192x108 25)" -f lavfi -i "$(counted 11)" -c:v mpeg4 -q:v 4 \
        -bf 2 -c:a pcm_s16le "$out/counted_pcm.mov"
    # As short as a clip with sound may be.
    run_ffmpeg -f lavfi -i "$(numbered 192x108 2 50)" -f lavfi -i "$(counted 1)" -t 0.04 -c:v libx264 \
        -threads 2 -pix_fmt yuv420p -c:a flac -sample_fmt s16 "$out/blink_flac.mkv"
    run_ffmpeg -f lavfi -i "$(numbered 192x108 2 50)" -f lavfi -i "$(counted 11)" -t 0.04 -c:v mpeg4 \
        -q:v 4 -c:a pcm_s16le "$out/blink_pcm.mov"
}

# still NAME OPTIONS...: a picture of frame 7.
still() {
    local name="$1"
    shift
    run_ffmpeg -f lavfi -i "$(numbered 320x180 8),trim=start_frame=7" -frames:v 1 "$@" "$out/$name"
}

# Turned ones are stored a quarter turn counter-clockwise, and nothing says so.
make_stills() {
    still still.png -pix_fmt rgb24
    still still.jpg -q:v 2
    still turned.jpg -vf transpose=cclock -q:v 2
    run_ffmpeg -f lavfi -i "$(numbered 320x180 5 5)" "$out/animated.gif"
    run_ffmpeg -f lavfi -i "$(numbered 320x180 5 5)" -plays 0 "$out/animated.apng"
    run_ffmpeg -f lavfi -i "$(numbered 320x180 8),trim=start_frame=7" -frames:v 1 "$out/still.gif"
    has_encoder libwebp || { echo "left out: still.webp (this ffmpeg has no libwebp)"; return; }
    still still.webp -c:v libwebp -lossless 1
    still turned.webp -vf transpose=cclock -c:v libwebp -lossless 1
}

# A second each, of two codecs, to be played over and over.
make_seconds() {
    has_encoder libx264 || return 0
    run_ffmpeg -f lavfi -i "$(numbered 192x108 25)" -c:v libx264 -threads 2 -pix_fmt yuv420p -bf 2 \
        -movflags +faststart "$out/second.mp4"
    has_encoder libvpx || return 0
    run_ffmpeg -f lavfi -i "$(numbered 192x108 25)" -c:v libvpx -pix_fmt yuv420p \
        -deadline realtime -cpu-used 8 "$out/second.webm"
}

# Two video tracks, of 320x180 and 192x108; a German and an English tone of 440 and 880 Hz; a cover;
# chapters from 0, 0.52 and 1.2 s on. Two seconds.
make_tracks() {
    [[ -f $out/second.mp4 ]] || return 0
    local data="$out/chapters.ffmetadata"
    cat >"$data" <<'CHAPTERS'
;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=520
title=The hall
[CHAPTER]
TIMEBASE=1/1000
START=520
END=1200
title=The staircase
[CHAPTER]
TIMEBASE=1/1000
START=1200
END=2000
title=The roof
CHAPTERS
    # shellcheck disable=SC2046  # a list of options
    run_ffmpeg -f lavfi -i "$(numbered 320x180 50)" -f lavfi -i "$(numbered 192x108 50)" \
        -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=2" \
        -f lavfi -i "sine=frequency=880:sample_rate=48000:duration=2" -f ffmetadata -i "$data" \
        -map 0:v -map 1:v -map 2:a -map 3:a -map_chapters 4 \
        $(h264_options) -g 25 -pix_fmt yuv420p -c:a aac -b:a 96k \
        -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng \
        -metadata:s:a:1 title="Commentary" -disposition:a:0 default -disposition:a:1 0 \
        -attach "$out/still.jpg" -metadata:s:t mimetype=image/jpeg "$out/tracks.mkv"
    run_ffmpeg -i "$out/tracks.mkv" -i "$out/still.jpg" -map 0:v:0 -map 0:v:1 -map 0:a -map 1:v \
        -c copy -disposition:v:2 attached_pic "$out/tracks.mp4"
    {
        echo ";FFMETADATA1"
        for ((i = 0; i < 1500; ++i)); do
            printf '[CHAPTER]\nTIMEBASE=1/1000\nSTART=%d\nEND=%d\n' "$i" "$((i + 1))"
        done
    } >"$data"
    run_ffmpeg -i "$out/second.mp4" -f ffmetadata -i "$data" -map 0 -map_chapters 1 -c copy \
        "$out/many_chapters.mkv"
    rm "$data"
}

make_broken() {
    printf 'P6\n16385 16385\n255\n' >"$out/too_large.ppm"
    printf 'P6\n0 0\n255\n' >"$out/no_size.ppm"
    run_ffmpeg -f lavfi -i "sine=duration=1" -c:a aac "$out/audio_only.m4a"
    [[ -f $out/h264.mp4 ]] || return 0
    local size
    size=$(stat -c %s "$out/h264.mp4")
    head -c $((size * 6 / 10)) "$out/h264.mp4" >"$out/truncated.mp4"
    break_bytes "$out/large.h264" "$out/broken_nals.h264"
    from_h264 unknown_codec.mkv -c copy
    LC_ALL=C sed -i 's,V_MPEG4/ISO/AVC,V_MPEG4/ISO/XYZ,' "$out/unknown_codec.mkv"
}

# Overwrites 16 bytes at seven places spread over the second half of a stream.
break_bytes() {
    local size part
    cp "$1" "$2"
    size=$(stat -c %s "$2")
    for part in 8 9 10 11 12 13 14; do
        printf 'broken by intent' |
            dd of="$2" bs=1 seek=$((size * part / 16)) conv=notrunc status=none
    done
}

make_test_clips() {
    out="$1"
    if [[ $out/clips.txt -nt ${BASH_SOURCE[0]} ]]; then
        echo "the clips in $out are up to date"
        return
    fi
    mkdir -p "$out"
    rm -f "$out/clips.txt"
    make_codecs
    make_formats
    make_timestamps
    make_geometry
    make_unsaid_reorder
    make_long
    make_sound
    make_seconds
    make_counted
    make_stills
    make_tracks
    make_broken
    # Written last: a run that was cut short is done again.
    (cd "$out" && ls -- *.* | grep -v '^clips.txt$' >clips.txt.new && mv clips.txt.new clips.txt)
    echo "$(wc -l <"$out/clips.txt") clips in $out"
}

case "${1-}" in
"") make_assets ;;
--tests)
    [[ $# -eq 2 ]] || { usage >&2; exit 2; }
    make_test_clips "$2"
    ;;
--help | -h) usage ;;
*) usage >&2; exit 2 ;;
esac
