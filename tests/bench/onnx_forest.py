"""A boosted forest of 100 trees as ONNX and its rows: `onnx_forest.py make FOLDER ROWS`,
then ONNX Runtime's rows a second with one thread: `onnx_forest.py time FOLDER`. The
trees are drawn, complete and seven levels deep; the rows are normal numbers."""

import pathlib
import sys
import time

import numpy

TREES, DEPTH, FEATURES, ROUNDS = 100, 7, 23, 5


def make(folder, rows):
    from onnx import TensorProto, helper, save

    draw = numpy.random.default_rng(7)
    inner = 2 ** DEPTH - 1
    of = {k: [] for k in ("treeids", "nodeids", "featureids", "values", "modes",
                          "truenodeids", "falsenodeids")}
    leaf = {k: [] for k in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(TREES):
        for node in range(2 * inner + 1):
            split = node < inner
            of["treeids"].append(tree)
            of["nodeids"].append(node)
            of["featureids"].append(int(draw.integers(FEATURES)) if split else 0)
            of["values"].append(float(numpy.float32(draw.normal())) if split else 0.0)
            of["modes"].append("BRANCH_LEQ" if split else "LEAF")
            of["truenodeids"].append(2 * node + 1 if split else 0)
            of["falsenodeids"].append(2 * node + 2 if split else 0)
            if not split:
                leaf["treeids"].append(tree)
                leaf["nodeids"].append(node)
                leaf["ids"].append(0)
                leaf["weights"].append(float(numpy.float32(draw.normal() / 10)))
    words = {"nodes_" + k: v for k, v in of.items()}
    words.update({"target_" + k: v for k, v in leaf.items()})
    node = helper.make_node("TreeEnsembleRegressor", ["input"], ["score"],
                            domain="ai.onnx.ml", n_targets=1, **words)
    graph = helper.make_graph(
        [node], "forest",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, FEATURES])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])])
    model = helper.make_model(graph, opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
    model.ir_version = 8
    save(model, folder / "forest.onnx")
    x = draw.normal(size=(rows, FEATURES)).astype(numpy.float32)
    x.astype("<f8").tofile(folder / "forest.rows")


def session(folder):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(folder / "forest.onnx"), options,
                                        providers=["CPUExecutionProvider"])


def timed(folder):
    import onnxruntime

    x = numpy.fromfile(folder / "forest.rows", "<f8").astype(numpy.float32)
    x = x.reshape(-1, FEATURES)
    run, best = session(folder), 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        (score,) = run.run(None, {"input": x})
        best = max(best, len(x) / (time.perf_counter() - began))
    score.astype("<f8").tofile(folder / "forest.peer")
    print(f"{best:.6g} {onnxruntime.__version__}")


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(place, int(sys.argv[3]))
    else:
        timed(place)
