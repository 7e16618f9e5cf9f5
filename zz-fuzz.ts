import { lintTarget } from "./src/trust/lint/lint";
import { targetOf, EXAMPLE_ISSUER as I, EXAMPLE_ARN as ARN } from "./src/trust/lint/examples";
import { examineRole } from "./src/trust/lint/examine";
import { surroundingsOf } from "./src/lint/compare-surroundings";
import { compilePolicy, verdict } from "./src/trust/decide/decide";
const ARN2="arn:aws:iam::111122223333:oidc-provider/other.cloud.databricks.com/oidc", I2="other.cloud.databricks.com/oidc";
let seed=Number(process.argv[2]??1); const rnd=()=>{seed=(seed*1664525+1013904223)>>>0;return seed/2**32}; const pick=<T,>(a:T[]):T=>a[Math.floor(rnd()*a.length)]!;
const S="6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ops=["StringEquals","StringLike","StringEqualsIgnoreCase","StringNotEquals","StringNotLike","StringEqualsIfExists","StringLikeIfExists","ForAnyValue:StringEquals","ForAllValues:StringEquals","ForAnyValue:StringLike","ForAnyValue:StringNotEquals","ArnLike","ArnNotLike","Null","NumericEquals","NumericNotEquals","BinaryEquals","NullIfExists","Bool","ForAllValues:StringNotLike","DateNotEquals","StringNotEqualsIgnoreCaseIfExists"];
const keys=[`${I}:aud`,`${I}:sub`,`${I}:sub`,`${I}:SUB`,`${I}:AUD`,`${I2}:sub`,`${I2}:aud`,"aws:SourceIp","aws:PrincipalTag/x",`https://${I}:sub`,`${I}/:sub`,`${I}:email`,`${I}:amr`,"sts:RoleSessionName","aws:userid"];
const vals=["1444828305810485",S,"*","?*","*@data.example.com","alice@example.com","","true","false","${aws:userid}","${x, '*'}","203.0.113.0/24","????????-*","*4???-*","[0-9]*","arn:*:*:*:*:*","evil*","6*","*b"];
const cond=()=>{const c:any={};const n=Math.floor(rnd()*4);for(let i=0;i<n;i++){const o=pick(ops);const k=pick(keys);(c[o]??={});if(Object.keys(c[o]).some(x=>x.toLowerCase()===k.toLowerCase()))continue;c[o][k]=rnd()<.1?[]:rnd()<.3?[pick(vals),pick(vals)]:pick(vals);}
 if(rnd()<.8){(c["StringEquals"]??={}); if(!Object.keys(c.StringEquals).some(x=>x.toLowerCase()===`${I}:aud`)) c.StringEquals[`${I}:aud`]="1444828305810485";}
 return c;};
const pr=()=>pick<any>([{Federated:ARN},{Federated:ARN},{Federated:ARN},{Federated:[ARN,ARN2]},{Federated:ARN,AWS:"*"},{AWS:"*"},"*",{Federated:"*"},{Federated:ARN2},{Federated:ARN.toUpperCase()}]);
const act=()=>pick<any>(["sts:AssumeRoleWithWebIdentity","sts:AssumeRoleWithWebIdentity","sts:*","STS:assumerolewithWebIdentity","*",["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"sts:AssumeRole?ithWebIdentity"]);
const stmt=()=>{const s:any={Effect:pick(["Allow","Allow","Allow","Deny"]),Action:act(),Principal:pr()}; if(rnd()<.05){s.NotAction="sts:AssumeRole";delete s.Action;} if(rnd()<.05){s.NotPrincipal=s.Principal;delete s.Principal;} const c=cond(); if(Object.keys(c).length||rnd()<.5)s.Condition=c; return s;};
const strangers=["0052d248-5733-41a1-ad10-77daa3046c0d","mallory@gmail.com","mallory@evil.example","nobody"];
let n=0,bad=0,pos=0; const t=Date.now();
while(Date.now()-t<40000&&bad<6){ n++;
 const pol:any={Statement:Array.from({length:1+Math.floor(rnd()*3)},stmt)}; const v=pick([ "2012-10-17","2012-10-17","2008-10-17",null]); if(v)pol.Version=v;
 const target=targetOf({policy:pol}); const role=examineRole(target.roles[0]!); if(role.malformed.length)continue;
 const c=compilePolicy(role); let hit:any=null;
 for(const s of surroundingsOf(role.statements)){ for(const sub of strangers)for(const aud of ["1444828305810485"]) { const keys=new Map([...s.keys,[`${I}:aud`,[aud]],[`${I}:sub`,[sub]],["sts:rolesessionname",["x"]],["aws:userid",[ARN]]] as any) as any; const r=verdict(c,{action:"sts:AssumeRoleWithWebIdentity",principal:{kind:"Federated",arn:ARN},keys}); if(r!=="no"){hit=[sub,s.says,r];} if(r==="yes")break;} }
 if(!hit)continue; pos++;
 const f=lintTarget(target).filter(x=>x.severity==="error");
 if(f.length===0){bad++;console.log(JSON.stringify(pol),hit, lintTarget(target).map(x=>x.rule));}
}
console.log({n,pos,bad});
