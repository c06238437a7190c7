/** The handlers: one entry each. */
export declare const HANDLERS: {
    readonly observe: {
        readonly folder: 'observe';
        readonly does: 'stores what CloudTrail says, and judges';
        readonly seconds: 300;
        readonly megabytes: 1769;
    };
    readonly confirm: {
        readonly folder: 'confirm';
        readonly does: 'settles what was suspected';
        readonly seconds: 120;
        readonly megabytes: 1024;
    };
    readonly publish: {
        readonly folder: 'publish';
        readonly does: 'says findings';
        readonly seconds: 120;
        readonly megabytes: 512;
    };
    readonly rejudge: {
        readonly folder: 'rejudge';
        readonly does: 'has open findings judged again';
        readonly seconds: 900;
        readonly megabytes: 1024;
    };
    readonly refreshIpRanges: {
        readonly folder: 'refresh-ip-ranges';
        readonly does: "keeps AWS's address ranges";
        readonly seconds: 60;
        readonly megabytes: 512;
    };
    readonly posture: {
        readonly folder: 'posture';
        readonly does: 'tells who still gets keys by IMDSv1';
        readonly seconds: 300;
        readonly megabytes: 512;
    };
    readonly watch: {
        readonly folder: 'watch';
        readonly does: 'watches the detector itself';
        readonly seconds: 300;
        readonly megabytes: 512;
    };
};
export type DeployedHandler = keyof typeof HANDLERS;
