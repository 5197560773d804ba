#!/bin/bash
# One run on a machine with a CUDA device, where vLLM is importable and the working directory is the repository's root:
#
#     bash tests/benchmarks/gpu/vllm_session.sh STAGE[,STAGE…] [MODEL_DIR]
#
# Stages: encoder, profile, way_in, equality, guard, experts, ours, guardless, clocked, sweep, ours_fp8, upstream, engine,
# two_cards, tokens, soak, serve, serve_upstream, transformers, tests. Each is a process of its own, so that one failure
# does not hide the rest; every one prints RESULT lines. MODEL_DIR is a full-size model folder, with or without weights.
set -u
stages=${1:?stages}
model=${2:-/tmp/model}
root=$PWD
out=${OUT:-/tmp/vllm_session}
mkdir -p "$out"

# The entry point, as an installation of the package would leave it.
installed=$(mktemp -d)
mkdir -p "$installed/ocr2_loaders-0.1.0.dist-info"
printf 'Metadata-Version: 2.1\nName: ocr2-loaders\nVersion: 0.1.0\n' > "$installed/ocr2_loaders-0.1.0.dist-info/METADATA"
printf '[vllm.general_plugins]\nocr2_loaders = model_runtime.vllm_plugin:register\n' \
    > "$installed/ocr2_loaders-0.1.0.dist-info/entry_points.txt"
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}$root:$installed:$root/tests/benchmarks/gpu"
export HF_HUB_OFFLINE=1 VLLM_USE_FLASHINFER_SAMPLER=0 VLLM_NO_USAGE_STATS=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

here=tests/benchmarks/gpu
[ -f "$model/config.json" ] || python3 "$here/model_without_weights.py" "$model"
for stage in ${stages//,/ }; do
    echo "=== $stage"
    start=$SECONDS
    case $stage in
        encoder) timeout 200 python3 $here/bench_encoder.py ;;
        way_in) timeout 120 python3 $here/bench_way_in.py ;;
        guard) timeout 120 python3 $here/bench_guard.py ;;
        profile) timeout 200 python3 $here/profile_encoder.py ;;
        experts) timeout 240 python3 $here/tune_experts.py "$out/experts.json" ;;
        equality) NVIDIA_TF32_OVERRIDE=0 timeout 200 python3 $here/check_equality.py "$model" ;;
        ours_fp8) KV_CACHE=fp8 timeout 300 python3 $here/bench_pages.py "$model" ours ;;
        ours | guardless | clocked | sweep) timeout 420 python3 $here/bench_pages.py "$model" $stage ;;
        two_cards) REPLICAS=2 timeout 420 python3 $here/bench_engine.py "$model" 512 ;;
        engine) timeout 420 python3 $here/bench_engine.py "$model" "${NUM_PAGES:-256}" ;;
        serve) timeout 500 python3 $here/bench_serve.py "$model" "${NUM_PAGES:-1000}" ;;
        serve_upstream) OCR2_VLLM_PLUGIN=0 timeout 300 python3 $here/bench_serve.py "$model" "${NUM_PAGES:-128}" ;;
        transformers) timeout 300 python3 $here/bench_transformers.py /tmp/model_with_weights ;;
        soak) timeout 400 python3 $here/bench_soak.py "$model" ;;
        tests) timeout 300 python3 -m pytest -q -c /dev/null --rootdir "$root" --noconftest \
            --import-mode=importlib -p no:cacheprovider tests/gpu ;;
        tokens) NVIDIA_TF32_OVERRIDE=0 timeout 300 python3 $here/check_tokens.py "$out/small_decoder" ;;
        upstream) OCR2_VLLM_PLUGIN=0 timeout 300 python3 $here/bench_pages.py "$model" upstream ;;
        *) echo "no stage $stage" ;;
    esac > "$out/$stage.log" 2>&1
    echo "exit $? after $((SECONDS - start)) s"
    grep -E 'RESULT|ocr2-loaders|passed|failed in' "$out/$stage.log"
    grep -qE 'RESULT (done|failed)' "$out/$stage.log" || tail -n 40 "$out/$stage.log"
    grep -q 'Traceback' "$out/$stage.log" && grep -A 40 'Traceback' "$out/$stage.log" | tail -n 60
done
exit 0
