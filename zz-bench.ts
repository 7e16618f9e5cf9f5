import { prove } from "./src/prove/prove"; import { parseFederation } from "./src/federation";
(async()=>{ const roles=Array.from({length:100},(_,i)=>`  r${i}: { trusts: [{ issuer: production, servicePrincipals: [${Array.from({length:10},(_,n)=>`6a9f1c2e-3b4d-4e5f-8a7b-${String(i*10+n).padStart(12,"0")}`).join(", ")}] }] }`).join("\n");
 const {federation}=parseFederation(`name: l\naws: { accountId: "111122223333" }\nissuers:\n  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }\nroles:\n${roles}\n`);
 for(let k=0;k<2;k++){const t=Date.now(); const p=await prove(federation,{seed:1,count:1000,now:1757600000}); console.log(p.holds,Date.now()-t,"ms",p.roles[0]!.impostors);} })();
