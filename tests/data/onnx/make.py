#!/usr/bin/env python3
"""Small random ONNX graphs with the answers of ONNX Runtime, for
test_formats_onnx. Every mode of tree nodes, versions 3 and 5, floats and
doubles, a scaler in front of some; networks in the manner of PyTorch's export.
Needs numpy, onnx and onnxruntime. Run from anywhere; the seed is fixed."""
import os

import numpy as np
import onnx
import onnxruntime as rt
from onnx import TensorProto as T, helper as H, numpy_helper as NH

HERE = os.path.dirname(os.path.abspath(__file__))
rt.set_default_logger_severity(4)
rng = np.random.default_rng(7)


def save(name, model, feed, columns, answer):
    """NAME.onnx, and NAME.tsv: a row's cells, then the runtime's answers."""
    with open(os.path.join(HERE, name + ".onnx"), "wb") as f:
        f.write(model.SerializeToString())
    answer = np.asarray(answer, np.float64).reshape(len(columns), -1)
    with open(os.path.join(HERE, name + ".tsv"), "w") as f:
        for row, want in zip(columns, answer):
            cells = ["" if v != v else repr(float(v)) for v in row]
            f.write("\t".join(cells) + "\t|\t" +
                    "\t".join(repr(float(v)) for v in want) + "\n")


modes=["BRANCH_LEQ","BRANCH_LT","BRANCH_GTE","BRANCH_GT","BRANCH_EQ","BRANCH_NEQ"]
def grow(depth,F,ms,vals):
    if depth==0 or rng.random()<.2: return None
    return (int(rng.integers(F)),ms[rng.integers(len(ms))],float(vals[rng.integers(len(vals))]),int(rng.random()<.3),grow(depth-1,F,ms,vals),grow(depth-1,F,ms,vals))

for case in range(24):
    F=int(rng.integers(2,5)); dbl=case%5==4; v5=case%3==2
    vals=np.array([-2,-1,-.5,0,0.1,.3,1,1.5,2,3]); vals=vals if dbl else vals.astype(np.float32)
    ms=modes if case%2 else [modes[rng.integers(6)]]
    ft=np.float64 if dbl else np.float32; et=T.DOUBLE if dbl else T.FLOAT
    R=12; X=vals[rng.integers(len(vals),size=(R,F))].astype(ft); X[rng.random(X.shape)<.15]=np.nan
    X[rng.random(X.shape)<.1]*=1.0000001
    trees=[grow(3,F,ms,vals) or (0,ms[0],.3,0,None,None) for _ in range(int(rng.integers(1,5)))]
    K=int(rng.integers(1,4)); agg=["SUM","AVERAGE","MIN","MAX"][rng.integers(4)] if case%4==0 else "SUM"
    if agg in("MIN","MAX"): K=1
    inp=H.make_tensor_value_info("X",et,[None,F]); out=H.make_tensor_value_info("Y",et,[None,K])
    if not v5:
        A={k:[] for k in "treeids nodeids featureids modes values truenodeids falsenodeids missing_value_tracks_true".split()}; tg={k:[] for k in ("treeids","nodeids","ids","weights")}
        for t,tr in enumerate(trees):
            cnt=[0]
            def rec(n):
                i=cnt[0]; cnt[0]+=1; pos=len(A["treeids"])
                for k in A: A[k].append(0)
                A["treeids"][pos]=t;A["nodeids"][pos]=i;A["modes"][pos]="LEAF";A["values"][pos]=0.
                if n is None:
                    for k in ([int(rng.integers(K))] if case%7==9 else range(K)):
                        tg["treeids"].append(t);tg["nodeids"].append(i);tg["ids"].append(k);tg["weights"].append(float(ft(rng.normal())))
                    return i
                A["featureids"][pos]=n[0];A["modes"][pos]=n[1];A["values"][pos]=n[2];A["missing_value_tracks_true"][pos]=n[3]
                A["truenodeids"][pos]=rec(n[4]);A["falsenodeids"][pos]=rec(n[5]); return i
            rec(tr)
        at={"nodes_"+k:v for k,v in A.items()}; at.update({"target_"+k:v for k,v in tg.items()})
        base=[float(np.float32(rng.normal())) for _ in range(K)]
        if case%2: at["base_values"]=base
        if dbl:
            for k in ("nodes_values","target_weights","base_values"):
                if k in at: v=at.pop(k); at[k+"_as_tensor"]=H.make_tensor(k,T.DOUBLE,[len(v)],v)
        node=H.make_node("TreeEnsembleRegressor",["X"],["Y"],domain="ai.onnx.ml",n_targets=K,aggregate_function=agg,**at)
    else:
        N=dict(f=[],m=[],s=[],t=[],tl=[],fn=[],fl=[],mt=[]); L=dict(t=[],w=[]); roots=[]; mem=[]
        def leaf():
            L["t"].append(int(rng.integers(K)));L["w"].append(float(ft(rng.normal()))); return len(L["t"])-1
        memq={}
        def rec(n):
            i=len(N["f"]); 
            for k in N: N[k].append(0)
            N["f"][i]=n[0];N["m"][i]=modes.index(n[1]);N["s"][i]=n[2];N["mt"][i]=n[3]
            if case%6==5 and rng.random()<.4:
                N["m"][i]=6; memq[i]=list(rng.choice(vals[vals==np.round(vals)],3,replace=False))
            for c,a,b in ((n[4],"t","tl"),(n[5],"fn","fl")):
                if c is None: N[b][i]=1;N[a][i]=leaf()
                else: N[a][i]=rec(c)
            return i
        for tr in trees: roots.append(rec(tr))
        for i in sorted(memq): mem+= [float(x) for x in memq[i]]+[float("nan")]
        kw={}
        if mem: kw["membership_values"]=H.make_tensor("mv",et,[len(mem)],mem)
        node=H.make_node("TreeEnsemble",["X"],["Y"],domain="ai.onnx.ml",n_targets=K,aggregate_function={"AVERAGE":0,"SUM":1,"MIN":2,"MAX":3}[agg],
          nodes_featureids=N["f"],nodes_modes=H.make_tensor("m",T.UINT8,[len(N["m"])],N["m"]),nodes_splits=H.make_tensor("s",et,[len(N["s"])],N["s"]),nodes_truenodeids=N["t"],nodes_trueleafs=N["tl"],nodes_falsenodeids=N["fn"],nodes_falseleafs=N["fl"],nodes_missing_value_tracks_true=N["mt"],tree_roots=roots,leaf_targetids=L["t"],leaf_weights=H.make_tensor("w",et,[len(L["w"])],L["w"]),**kw)
    nodes=[node]; 
    if case%3==1 and not dbl: # scaler in front
        node.input[0]="S"; off=[float(np.float32(v)) for v in rng.normal(size=F)]; sc=[float(np.float32(v)) for v in rng.choice([-2.3,.7,1.1,3.,-.2],F)]
        for a in node.attribute:
            if a.name=="nodes_values":
                fv=[float(np.float32((np.float32(v)-np.float32(off[f]))*np.float32(sc[f]))) for v,f in zip(a.floats,at["nodes_featureids"])]; del a.floats[:]; a.floats.extend(fv)
        nodes=[H.make_node("Scaler",["X"],["S"],domain="ai.onnx.ml",offset=off,scale=sc),node]
    m=H.make_model(H.make_graph(nodes,"g",[inp],[out]),opset_imports=[H.make_opsetid("",18),H.make_opsetid("ai.onnx.ml",5 if v5 else 3)],ir_version=9)
    try:
        answer = rt.InferenceSession(m.SerializeToString()).run(None, {"X": X})[0]
    except Exception:
        continue  # the runtime does not compute doubles or sets everywhere
    if case % 6 == 5:  # it cuts members to whole numbers: only such rows
        keep = np.all(np.isnan(X) | (X == np.round(X)), axis=1)
        X, answer = X[keep], answer[keep]
    save(f"trees{case:02}", m, None, X, answer)


def f32(*s): return rng.normal(size=s).astype(np.float32)
for case in range(24):
    F=int(rng.integers(3,8)); nodes=[]; inits=[]; cnt=[0]
    dbl=case%9==8; ft=np.float64 if dbl else np.float32; et=T.DOUBLE if dbl else T.FLOAT
    def ini(a):
        n=f"w{len(inits)}"; inits.append(NH.from_array(a,n)); return n
    def nd(op,ins,**k):
        cnt[0]+=1; o=f"v{cnt[0]}"; nodes.append(H.make_node(op,ins,[o],name=f"n{cnt[0]}",**k)); return o
    cur="X"; w=F
    embed=case%4==3
    inputs=[H.make_tensor_value_info("X",et,["batch",F])]; feed={}; R=8
    X=rng.normal(size=(R,F)).astype(ft); feed["X"]=X; cols=[X.astype(np.float64)]
    if embed:
        inputs.append(H.make_tensor_value_info("C",T.INT64,["batch"])); C=rng.integers(0,5,R); feed["C"]=C; cols.append(C.reshape(-1,1).astype(float))
        e=nd("Gather",[ini(f32(5,3).astype(ft)),"C"],axis=0); cur=nd("Concat",[cur,e],axis=1); w+=3
    if case%5==0:
        s=nd("Shape",[cur]); g=nd("Gather",[s,ini(np.array(0,np.int64))],axis=0); u=nd("Unsqueeze",[g,ini(np.array([0],np.int64))]); c2=nd("Concat",[u,ini(np.array([-1],np.int64))],axis=0); cur=nd("Reshape",[cur,c2])
    for layer in range(int(rng.integers(1,4))):
        k=int(rng.integers(2,7)); W=f32(k,w).astype(ft)
        if rng.random()<.5: cur=nd("Gemm",[cur,ini(W),ini(f32(k).astype(ft))],transB=1)
        else: cur=nd("Add",[nd("MatMul",[cur,ini(W.T.copy())]),ini(f32(k).astype(ft))])
        w=k
        if rng.random()<.3: cur=nd("BatchNormalization",[cur]+[ini(x) for x in (f32(w).astype(ft),f32(w).astype(ft),f32(w).astype(ft),np.abs(f32(w)).astype(ft)+ft(.1))])
        if rng.random()<.3 and not dbl: cur=nd("LayerNormalization",[cur,ini(f32(w)),ini(f32(w))],axis=-1)
        acts="Relu LeakyRelu Elu Selu Sigmoid HardSigmoid Tanh Softplus Softsign Erf Gelu Abs Neg Exp Sqrt2 Floor Ceil Round Sign Clip Pow2 Log1 Where Min Max Mul SubR Div PRelu Sum Mean Slice Split Transpose Squeeze Greater Softmax LogSoftmax RMean Identity Dropout CastInt Erf Equal".split()
        for _ in range(int(rng.integers(1,3))):
            a=acts[rng.integers(len(acts))]
            if dbl and a in("Gelu","HardSigmoid","Selu","Softsign","Erf","PRelu","Softplus"): a="Relu"
            if a=="Sqrt2": cur=nd("Sqrt",[nd("Abs",[cur])])
            elif a=="Log1": cur=nd("Log",[nd("Add",[nd("Abs",[cur]),ini(np.array(1,ft))])])
            elif a=="Pow2": cur=nd("Pow",[cur,ini(np.array(2,ft))])
            elif a=="Clip": cur=nd("Clip",[cur,ini(np.array(-.5,ft)),ini(np.array(1,ft))])
            elif a=="Where": c=nd("Less",[cur,ini(np.array(.2,ft))]); cur=nd("Where",[c,nd("Neg",[cur]),ini(np.array(3,ft))])
            elif a in("Min","Max"): cur=nd(a,[cur,ini(f32(w).astype(ft))])
            elif a=="Mul": cur=nd("Mul",[cur,nd("Sigmoid",[cur])])
            elif a=="SubR": cur=nd("Sub",[ini(np.array(1,ft)),cur])
            elif a=="Div": cur=nd("Div",[cur,ini(np.array(3,ft))])
            elif a=="PRelu": cur=nd("PRelu",[cur,ini(f32(w).astype(ft))])
            elif a in("Sum","Mean"): cur=nd(a,[cur,nd("Tanh",[cur]),ini(f32(1,w).astype(ft))])
            elif a=="Slice" and w>2: cur=nd("Slice",[cur,ini(np.array([1],np.int64)),ini(np.array([2**40],np.int64)),ini(np.array([1],np.int64))]); w-=1
            elif a=="Split" and w>2: 
                cnt[0]+=1; nodes.append(H.make_node("Split",[cur,ini(np.array([1,w-1],np.int64))],[f"sa{cnt[0]}",f"sb{cnt[0]}"],axis=1)); cur=nd("Concat",[f"sb{cnt[0]}",f"sa{cnt[0]}"],axis=-1)
            elif a=="Transpose": cur=nd("Transpose",[nd("Tanh",[nd("Transpose",[cur],perm=[1,0])])],perm=[1,0])
            elif a=="Squeeze": cur=nd("Squeeze",[nd("Unsqueeze",[cur,ini(np.array([1],np.int64))]),ini(np.array([1],np.int64))])
            elif a=="Greater": cur=nd("Add",[cur,nd("Cast",[nd("Greater",[cur,ini(np.array(.1,ft))])],to=et)])
            elif a=="Equal": cur=nd("Add",[cur,nd("Cast",[nd("Equal",[nd("Round",[cur]),ini(np.array(1,ft))])],to=et)])
            elif a=="Softmax": cur=nd("Softmax",[cur],axis=-1)
            elif a=="LogSoftmax": cur=nd("LogSoftmax",[cur],axis=1)
            elif a=="RMean": cur=nd("Sub",[cur,nd("ReduceMean",[cur,ini(np.array([1],np.int64))],keepdims=1)])
            elif a=="CastInt": cur=nd("Cast",[nd("Cast",[cur],to=T.INT64)],to=et)
            elif a in("Slice","Split"): pass
            else: cur=nd(a,[cur])
    fin=case%6
    if fin==0: cur=nd("Gemm",[cur,ini(f32(1,w).astype(ft)),ini(f32(1).astype(ft))],transB=1); w=1
    if fin==1: cur=nd("Sigmoid",[nd("MatMul",[cur,ini(f32(w,1).astype(ft))])]); w=1
    if fin==2: cur=nd("Softmax",[nd("MatMul",[cur,ini(f32(w,2).astype(ft))])],axis=1); w=2
    if fin==3: cur=nd("Softmax",[nd("MatMul",[cur,ini(f32(w,4).astype(ft))])],axis=1); w=4
    if fin==4: cur=nd("Exp",[nd("MatMul",[cur,ini((f32(w,1)*.1).astype(ft))])]); w=1
    sq=fin==1 and case%2
    if sq: cur=nd("Squeeze",[cur,ini(np.array([1],np.int64))])
    nodes.append(H.make_node("Identity",[cur],["Y"]))
    m=H.make_model(H.make_graph(nodes,"g",inputs,[H.make_tensor_value_info("Y",et,["batch"] if sq else ["batch",w])],inits),opset_imports=[H.make_opsetid("",20)],ir_version=9)
    try:
        answer = rt.InferenceSession(m.SerializeToString()).run(None, feed)[0]
    except Exception:
        continue
    save(f"net{case:02}", m, None, np.concatenate(cols, 1), answer)
